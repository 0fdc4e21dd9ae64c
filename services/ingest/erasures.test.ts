import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Command } from "#shared/protocol/commands.ts";
import { TestRoom } from "#test/contracts/store/test-room.ts";
import { MemoryStore } from "#test/sim/engines/memory-store.ts";
import { Erasures } from "./erasures.ts";
import { manualClock } from "./testing/manual-clock.ts";

const tenantId = "acme";

/** Rooms that answer an erasure as their writer does, in two steps, and then have the user in no list. */
async function world() {
  const store = new MemoryStore();
  const rooms = new Map<string, TestRoom>();
  for (const roomId of ["r1", "r2", "r3"]) {
    const room = new TestRoom(tenantId, roomId);
    room.add("zoe");
    await store.writeRooms([room.write()]);
    rooms.set(roomId, room);
  }
  const clock = manualClock();
  const state = { down: false, silent: 0, held: Promise.resolve() };
  const asked: string[] = [];
  const revoked: Command[] = [];
  const node = () => {
    const erasures = new Erasures({
      store,
      clock,
      authority: { forgetRevocation: () => undefined },
      media: {
        ofUser: async () => {
          asked.push("media");
          await state.held;
        },
      },
      logger: { warn: () => undefined },
      commands: {
        append: async (commands) => void revoked.push(...commands),
        apply: async (command) => {
          if (state.down) throw new AppError("log_unavailable");
          if (command.type !== "user.erase") throw new Error("only erasures are expected");
          asked.push(`${command.roomId} ${command.part}`);
          if (state.silent-- > 0) return null;
          if (command.part === "messages") {
            return { result: "applied", resource: { rest: { part: "events", after: 0 } } };
          }
          const room = rooms.get(command.roomId) as TestRoom;
          const before = room.steps;
          room.remove("zoe");
          const { position } = room.head;
          const forgotten = [{ position, userId: "zoe", at: command.at, closedAts: [] }];
          await store.writeRooms([{ ...room.write(before), forgotten }]);
          return { result: "applied", resource: { rest: null } };
        },
      },
    });
    erasures.start();
    return erasures;
  };
  return { store, clock, state, asked, revoked, node };
}

const all = ["r1", "r2", "r3"].flatMap((room) => [`${room} messages`, `${room} events`]);

test("an erasure goes through all rooms of its user, and then keeps nothing of whom it was", async () => {
  const { store, clock, asked, revoked, node } = await world();
  const erasures = node();
  const begun = await erasures.begin(tenantId, "zoe", "anonymise");
  expect(begun).toMatchObject({ status: "running", userId: "zoe" });
  expect(revoked).toMatchObject([{ type: "user.revoked", userId: "zoe" }]);
  await clock.pass(0);
  expect(asked.toSorted()).toEqual([...all, "media"].sort());
  const { taskId } = begun;
  expect(await erasures.get(tenantId, taskId)).toMatchObject({ status: "done", userId: null, roomsDone: 3 });
  expect(JSON.stringify(await store.erasures.get(tenantId, taskId))).not.toMatch(/zoe|erased:/);
  await erasures.stop();
});

test("what an engine that is away held up goes on when it is back, and an answer that was lost is asked for again", async () => {
  const { clock, state, asked, node } = await world();
  state.down = true;
  const erasures = node();
  const { taskId } = await erasures.begin(tenantId, "zoe", "remove");
  await clock.pass(0);
  expect(asked).toEqual([]);
  expect(await erasures.get(tenantId, taskId)).toMatchObject({ status: "running" });
  state.down = false;
  state.silent = 2;
  await clock.pass(limits.erasureScanMs);
  expect(asked.length).toBe(all.length + 2 + 1);
  expect(await erasures.get(tenantId, taskId)).toMatchObject({ status: "done" });
  await erasures.stop();
});

test("another node takes over what one that died had begun, and not what one that lives is at", async () => {
  const { clock, state, asked, node } = await world();
  state.down = true;
  const first = node();
  const { taskId } = await first.begin(tenantId, "zoe", "remove");
  await clock.pass(0);
  // It dies: nothing of it is heard any more.
  await first.stop();
  const second = node();
  state.down = false;
  await clock.pass(limits.erasureScanMs);
  expect(asked).toEqual([]);
  await clock.pass(limits.erasureSilenceMsMax);
  expect(await second.get(tenantId, taskId)).toMatchObject({ status: "done", roomsDone: 3 });
  await second.stop();
});

test("the same call is the same task while it runs, and one for the other treatment is refused", async () => {
  const { clock, state, node } = await world();
  state.down = true;
  const erasures = node();
  const begun = await erasures.begin(tenantId, "zoe", "remove");
  expect(await erasures.begin(tenantId, "zoe", "remove")).toEqual(begun);
  await expect(erasures.begin(tenantId, "zoe", "anonymise")).rejects.toMatchObject({
    code: "erasure_conflict",
  });
  expect((await erasures.begin("other", "zoe", "anonymise")).taskId).not.toBe(begun.taskId);
  state.down = false;
  await clock.pass(limits.erasureScanMs);
  expect((await erasures.begin(tenantId, "zoe", "anonymise")).status).toBe("running");
  await erasures.stop();
});

test("whoever is at one that was ended elsewhere and begun anew leaves what that says", async () => {
  const { store, clock, state, asked, node } = await world();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.held = promise;
  const first = node();
  const { taskId } = await first.begin(tenantId, "zoe", "remove");
  await clock.pass(0);
  expect(asked.at(-1)).toBe("media");
  const row = await store.erasures.get(tenantId, taskId);
  if (row === null) throw new Error("there is no task");
  const anew = { ...row, messages: "anonymise", pseudonym: "erased:anew", heldBy: "another" } as const;
  await store.erasures.put(tenantId, anew);
  resolve();
  await clock.pass(0);
  expect(await store.erasures.get(tenantId, taskId)).toEqual(anew);
  await first.stop();
});
