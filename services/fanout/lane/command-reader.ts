import type { LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import { Command, type RoomCommand, type UserCommand } from "#shared/protocol/commands.ts";
import type { Entry } from "./room-batch.ts";

const checkCommand = checker(Command);

/** Is told of a record that is unreadable: it can be processed by nobody, ever, so the partition goes on without it. */
export type OnUnreadable = (record: LogRecord, error: unknown) => void;

/** A batch of `commands`, sorted by whom it concerns; within a room the order of the log is kept. */
export interface CommandBatch {
  readonly rooms: ReadonlyMap<
    string,
    { readonly tenantId: string; readonly roomId: string; readonly entries: Entry[] }
  >;
  readonly users: readonly UserCommand[];
}

export function readCommands(records: readonly LogRecord[], onUnreadable: OnUnreadable): CommandBatch {
  const rooms = new Map<string, { tenantId: string; roomId: string; entries: Entry[] }>();
  const users: UserCommand[] = [];
  for (const record of records) {
    const command = parse(record, onUnreadable);
    if (command === null) continue;
    if (command.type === "user.joined" || command.type === "user.revoked") {
      users.push(command);
      continue;
    }
    const { tenantId, roomId } = command;
    const key = `${tenantId}/${roomId}`;
    const room = rooms.get(key) ?? { tenantId, roomId, entries: [] };
    room.entries.push({ position: record.offset, command });
    rooms.set(key, room);
  }
  return { rooms, users };
}

function parse(record: LogRecord, onUnreadable: OnUnreadable): RoomCommand | UserCommand | null {
  try {
    return checkCommand(JSON.parse(record.value ?? ""));
  } catch (error) {
    onUnreadable(record, error);
    return null;
  }
}
