import fc from "fast-check";
import { expect } from "vitest";
import { limits } from "#shared/limits.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { CallRow } from "#shared/store/call-store.ts";
import { tellsOf } from "#shared/store/emptied.ts";
import type { EventRow, MessageRow } from "#shared/store/store.ts";
import type { Applied } from "../room/applied.ts";
import { apply } from "../room/apply.ts";
import { nothingErasing, nothingExpiring } from "../room/parts.ts";
import type { RoomState } from "../room/state.ts";
import { allIn, command } from "./random-commands.ts";

/** Applies commands with what a lane would look up for them. */
export function run(commands: readonly RoomCommand[], visit: (step: Step) => void): RoomState | null {
  let state: RoomState | null = null;
  const known = new Set<string>();
  const countable = new Map<number, number>([[0, 0]]);
  const senders: { number: number; senderId: string | null }[] = [];
  const messages = new Map<string, MessageRow>();
  const events: EventRow[] = [];
  const callNumbers = new Map<string, number>();
  const ended = new Map<number, CallRow>();
  commands.forEach((given, position) => {
    const before = freeze(state);
    const context = {
      position,
      known: given.type === "message.create" && known.has(given.messageId),
      countableAt: (number: number) => countable.get(number) ?? 0,
      sendersAfter: (after: number) =>
        senders.filter(({ number }) => number > after).map(({ senderId }) => senderId),
      messageOf: (messageId: string) => messages.get(messageId) ?? null,
      expiring: nothingExpiring,
      erasing: {
        ...nothingErasing,
        messages: [...messages.values()]
          .filter(({ message }) => given.type === "user.erase" && message.number > given.after)
          .sort((a, b) => a.message.number - b.message.number)
          .slice(0, limits.roomChangesMax),
        calls: [before?.head.call ?? null, ...[...ended.values()].toReversed()]
          .filter((row) => row !== null)
          .filter(({ number }) => given.type === "user.erase" && (given.after === 0 || number < given.after))
          .sort((a, b) => b.number - a.number)
          .slice(0, limits.roomChangesMax),
        events: events.filter(({ event }) => given.type === "user.erase" && event.seq > given.after),
      },
      toldOf: (messageId: string) =>
        events
          .filter(({ event }) => tellsOf(event, messageId))
          .map((row) => ({ seq: row.event.seq, at: row.event.at, row })),
      callOf: (callId: string) => {
        const number = callNumbers.get(callId) ?? 0;
        const running = before?.head.call;
        return running?.number === number ? running : (ended.get(number) ?? null);
      },
    };
    const applied = apply(before, freeze(given), context);
    expect(apply(before, given, context), "the same twice").toEqual(applied);
    visit({ before, command: given, applied, position });
    state = applied.state;
    if (applied.message !== null) {
      known.add(applied.message.message.id);
      const { number, senderId } = applied.message.message;
      if (applied.message.countable > (countable.get(number - 1) ?? 0)) senders.push({ number, senderId });
      countable.set(number, applied.message.countable);
      messages.set(applied.message.message.id, freeze(applied.message));
    }
    events.push(...applied.events);
    for (const row of applied.retold) events[row.event.seq - 1] = row;
    for (const { callId, number } of applied.callIds) callNumbers.set(callId, number);
    for (const row of applied.calls) ended.set(row.number, freeze(row));
    for (const row of applied.changed) messages.set(row.message.id, freeze(row));
  });
  return state;
}

interface Step {
  readonly before: RoomState | null;
  readonly command: RoomCommand;
  readonly applied: Applied;
  readonly position: number;
}

function freeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

/** Mostly the life of a room, from its making on. */
export const commands = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(allIn, fc.array(command, { maxLength: 120 }))
      .map(([first, rest]) => [first, ...rest]),
  },
  { weight: 1, arbitrary: fc.array(command, { maxLength: 30 }) },
);
