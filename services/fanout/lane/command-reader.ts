import type { LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import { Command, type RoomCommand, type UserCommand } from "#shared/protocol/commands.ts";
import type { Entry } from "./room-batch.ts";

const checkCommand = checker(Command);

/** A batch of `commands`, sorted by whom it concerns; within a room the order of the log is kept. */
export interface CommandBatch {
  readonly rooms: ReadonlyMap<
    string,
    { readonly tenantId: string; readonly roomId: string; readonly entries: Entry[] }
  >;
  readonly users: readonly UserCommand[];
}

/**
 * @param poison is told of records that are no command: they cannot be applied by anybody, ever, so the partition
 * moves on without them. They stay in the topic under their offset.
 */
export function readCommands(
  records: readonly LogRecord[],
  poison: (record: LogRecord, error: unknown) => void,
): CommandBatch {
  const rooms = new Map<string, { tenantId: string; roomId: string; entries: Entry[] }>();
  const users: UserCommand[] = [];
  for (const record of records) {
    const command = parse(record, poison);
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

function parse(
  record: LogRecord,
  poison: (record: LogRecord, error: unknown) => void,
): RoomCommand | UserCommand | null {
  try {
    return checkCommand(JSON.parse(record.value ?? ""));
  } catch (error) {
    poison(record, error);
    return null;
  }
}
