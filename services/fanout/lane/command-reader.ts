import { limits } from "#shared/limits.ts";
import type { LogRecord } from "#shared/log/log.ts";
import { checker } from "#shared/protocol/checker.ts";
import { Command, type RoomCommand, type UserCommand } from "#shared/protocol/commands.ts";
import { messagesNeeded } from "./changes.ts";
import type { Entry } from "./room-batch.ts";

const checkCommand = checker(Command);

/** Is told of a record that is unreadable: it can be processed by nobody, ever, so the partition goes on without it. */
export type OnUnreadable = (record: LogRecord, error: unknown) => void;

/** The commands of a batch for one room, in the order of the log. */
export interface CommandsOfRoom {
  readonly tenantId: string;
  readonly roomId: string;
  readonly entries: readonly Entry[];
}

/** A batch of `commands`, sorted by whom it concerns. */
export interface CommandBatch {
  readonly rooms: ReadonlyMap<string, CommandsOfRoom>;
  readonly users: readonly UserCommand[];
}

/**
 * The batch in parts, one after the other, so that no part changes more than `limits.roomChangesMax` messages of one
 * room: what was changed is written with the room's head as one. Nearly always one part.
 */
export function inParts(batch: CommandBatch): CommandBatch[] {
  const parts: Map<string, CommandsOfRoom>[] = [new Map()];
  for (const [key, room] of batch.rooms) {
    for (const [i, entries] of cut(room.entries).entries()) {
      parts[i] ??= new Map();
      parts[i].set(key, { ...room, entries });
    }
  }
  return parts.map((rooms, i) => ({ rooms, users: i === 0 ? batch.users : [] }));
}

function cut(entries: readonly Entry[]): (readonly Entry[])[] {
  const parts: Entry[][] = [];
  let changes: number = limits.roomChangesMax;
  let mustBegin = true;
  for (const entry of entries) {
    // Such a one changes as many, and looks at the room as it is in the store.
    const isAlone = entry.command.type === "user.erase" || entry.command.type === "messages.expire";
    if (isAlone) {
      parts.push([entry]);
      changes = limits.roomChangesMax;
      mustBegin = true;
      continue;
    }
    // A reply changes the message that its thread begins with.
    const changesOne = messagesNeeded(entry.command).length > 0;
    if (mustBegin || (changesOne && changes === limits.roomChangesMax)) {
      parts.push([]);
      changes = 0;
      mustBegin = false;
    }
    if (changesOne) changes++;
    parts.at(-1)?.push(entry);
  }
  return parts;
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
