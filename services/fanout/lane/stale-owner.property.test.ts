import fc from "fast-check";
import { expect, test } from "vitest";
import { openDatabase } from "#shared/embedded/database.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import type { DeliveryItem } from "#shared/protocol/records.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { emptied } from "#shared/store/emptied.ts";
import type { Store } from "#shared/store/store.ts";
import { anonymousEvent } from "../room/anonymous.ts";
import { commands, owner } from "../testing/owner.ts";
import { allIn, base, commandOrErasure } from "../testing/random-commands.ts";
import { isCallCommand } from "./changes.ts";

const { tenantId, roomId } = base;

/** Everything of the room that anybody can read. */
async function kept(store: Store) {
  return {
    room: await store.loadRoom(tenantId, roomId),
    events: await store.readEvents(tenantId, roomId, { afterSeq: 0, limit: 100 }),
    messages: await store.readMessages(tenantId, roomId, { limit: 100 }),
  };
}

const isRefused = (item: DeliveryItem | undefined) =>
  item?.type === "reply" && item.outcome.result === "refused";

/** Starts a batch that is held up before a step. Resolves there, or at its end if it has no such step. */
async function heldUp(store: Store, step: "persist" | "emit", before: readonly RoomCommand[]) {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let held = false;
  const stale = owner(store, {
    before: async (at) => {
      if (!held || at !== step) return;
      reached.resolve();
      await released.promise;
    },
  });
  await stale.lane.process(commands(0, before));
  held = true;
  return {
    stale,
    begin: async (batch: readonly RoomCommand[]) => {
      const processing = stale.lane.process(commands(before.length, batch));
      await Promise.race([reached.promise, processing]);
      return { processing };
    },
    release: () => {
      held = false;
      released.resolve();
    },
  };
}

test("an owner that was stopped at any step and goes on when others have, writes nothing that wins and says what they said", async () => {
  await fc.assert(
    fc.asyncProperty(
      allIn,
      fc.array(commandOrErasure, { maxLength: 8 }),
      fc.array(commandOrErasure, { minLength: 1, maxLength: 8 }),
      fc.array(commandOrErasure, { maxLength: 8 }),
      fc.constantFrom("persist", "emit"),
      fc.boolean(),
      async (room, first, second, third, step, again) => {
        const answered = [room, ...first, ...second, ...third].map((each, position) => ({
          ...each,
          replyTo: { inbox: "i", partition: 0, requestId: String(position) },
        }));
        const until = 1 + first.length;
        const store = createEmbeddedStore({ database: openDatabase(":memory:") });
        const { stale, begin, release } = await heldUp(store, step, answered.slice(0, until));
        const { processing } = await begin(answered.slice(until, until + second.length));

        const next = owner(store);
        // What was in hand was not committed.
        await next.lane.process(commands(until, answered.slice(until, until + second.length)));
        await next.lane.process(commands(until + second.length, answered.slice(until + second.length)));
        const before = await kept(store);

        release();
        await processing;
        // It may hold more that it fetched, and begin it before it knows.
        if (again)
          await stale.lane.process(commands(until + second.length, answered.slice(until + second.length)));
        expect(await kept(store)).toEqual(before);

        const history = new Map(before.events.map((row) => [row.event.seq, row.event]));
        const gone = before.room?.head.expired ?? { number: 0, seq: 0 };
        // What was told of a message before it was deleted the history tells no more.
        const deleted = new Set(before.events.flatMap(({ event }) => deletedBy(event)));
        const erased = answered.flatMap((each) => (each.type === "user.erase" ? [each] : []));
        const asNobody = (event: DurableEvent) =>
          erased.reduce((told, each) => anonymousEvent(each, told), event);
        const asLeft = (event: DurableEvent) => {
          const isGone = "messageId" in event && event.number <= gone.number;
          const isDeleted = isGone || ("messageId" in event && deleted.has(event.messageId));
          return asNobody(isDeleted ? emptied(asKept(event)) : asKept(event));
        };
        const isKept = ({ seq }: DurableEvent) => seq > gone.seq;
        for (const event of [...stale.events(), ...next.events()].filter(isKept).map(asLeft))
          expect(event).toEqual(asNobody(history.get(event.seq) as DurableEvent));
        const owed = before.events.filter(({ position }) => position >= until);
        expect(next.events().filter(isKept).map(asLeft)).toEqual(owed.map(({ event }) => asNobody(event)));

        // Such a command parts its batch, of which only one part is in hand then.
        const inHand = second.some(({ type }) => isAlone(type)) ? 0 : second.length;
        // Of what has gone since nobody knows whether it was ever there.
        const lastExpiry = answered.findLastIndex(({ type }) => type === "messages.expire");
        if (step === "persist") {
          const answers = new Map(
            next.items().flatMap((item) => (item.type === "reply" ? [[item.requestId, item]] : [])),
          );
          const told = new Set(before.events.map(({ position }) => String(position)));
          for (const item of stale.items()) {
            if (item.type !== "reply" || Number(item.requestId) < until) continue;
            // Of an erasure it says what was asked, which is then asked again.
            if (isAlone(answered[Number(item.requestId)]?.type)) continue;
            if (Number(item.requestId) < lastExpiry) continue;
            // Of what was refused it says what a later command made under the same name.
            if (isMadeLater(answered, Number(item.requestId))) continue;
            const answer = answers.get(item.requestId);
            // What it begins when it is behind, it may find done: then it says so, and a refusal without its reason.
            // And what a later erasure changed, it names as that left it.
            const isSame = Number(item.requestId) < until + inHand && !third.some(isErasure);
            if (isSame) expect(item).toEqual(answer);
            // Of what left no event it knows only what the room is by now.
            else if (told.has(item.requestId)) expect(isRefused(item)).toBe(false);
          }
        }
        await store.close();
      },
    ),
    { numRuns: 150 },
  );
});

function isAlone(type: RoomCommand["type"] | undefined): boolean {
  return type === "user.erase" || type === "messages.expire";
}

const isErasure = ({ type }: RoomCommand) => type === "user.erase";

function isMadeLater(given: readonly RoomCommand[], position: number): boolean {
  const asked = given[position];
  return given.slice(position + 1).some((later) => {
    if (later.type === "message.create") {
      return asked?.type === "message.create" && asked.messageId === later.messageId;
    }
    const isCall = later.type === "call.start" && asked !== undefined && isCallCommand(asked);
    return isCall && asked.callId === later.callId;
  });
}

function deletedBy(event: DurableEvent): string[] {
  return event.type === "message.deleted" ? [event.messageId] : [];
}

/** What a reply quotes is told and not kept. */
function asKept(event: DurableEvent): DurableEvent {
  if (event.type !== "message.created") return event;
  const { replyTo: _, ...kept } = event;
  return kept;
}
