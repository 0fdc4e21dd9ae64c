import fc from "fast-check";
import { test } from "vitest";
import type { Subject } from "./contract.ts";
import { forged } from "./stale-contract.ts";
import { TestRoom } from "./test-room.ts";
import { expectRoom } from "./visible.ts";

const users = ["a", "b", "c", "d"];
const user = fc.constantFrom(...users);

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      user,
      body: fc.string({ unit: "binary" }),
      isReply: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("edit" as const), number: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("erase" as const), number: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const), number: fc.nat({ max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("add" as const), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), user }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("toggle" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rename" as const) }) },
);

/** Where a batch begins and ends, in parts of what there is, and who writes it. */
const batch = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  steps: fc.integer({ min: 1, max: 6 }),
  writer: fc.oneof(
    { weight: 5, arbitrary: fc.constant("current" as const) },
    { weight: 1, arbitrary: fc.constant("older epoch" as const) },
    { weight: 1, arbitrary: fc.constant("twice at once" as const) },
  ),
});

function roomOf(
  tenantId: string,
  commands: readonly (typeof command extends fc.Arbitrary<infer C> ? C : never)[],
) {
  const room = new TestRoom(tenantId, "r", 3);
  room.add("a", "owner");
  for (const next of commands) {
    const isMember = "user" in next && room.members.some(({ userId }) => userId === next.user);
    if (next.do === "say") room.say(next.user, next.body, next.isReply ? replyIn(room) : {});
    else if (next.do === "edit" || next.do === "erase") {
      const { messages } = room.after(room.steps);
      const found = messages.find(({ message }) => message.number === next.number);
      if (found === undefined || found.message.erased === true) continue;
      if (next.do === "erase") room.erase(next.number);
      else room.edit(next.number, `edit ${room.steps}`);
    } else if (next.do === "expire") room.expire(next.number);
    else if (next.do === "read" && isMember) room.read(next.user, room.head.number);
    else if (next.do === "add") room.add(next.user, isMember ? "readonly" : "member");
    else if (next.do === "remove" && isMember) room.remove(next.user);
    else if (next.do === "rename") room.rename(`name ${room.steps}`);
    else if (next.do === "toggle") room.head.state === "closed" ? room.reopen() : room.close();
  }
  return room;
}

/** To the first message, where there is one. */
function replyIn(room: TestRoom) {
  const first = room.after(room.steps).messages[0]?.message.id;
  return first === undefined ? {} : { replyToId: first, threadId: first };
}

export function propertyContract({ store, tenant }: Subject): void {
  test("ends as its steps say, however they were batched, repeated and overtaken", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 1, maxLength: 24 }),
        fc.array(batch, { maxLength: 14 }),
        async (commands, batches) => {
          const room = roomOf(tenant(), commands);
          let written = 0;
          for (const { from, steps, writer } of batches) {
            // Any step that was written may be written again, but none is left out.
            const start = Math.min(written, Math.floor(from * (written + 1)), room.steps - 1);
            const end = Math.min(start + steps, room.steps);
            const write = room.write(start, end);
            if (writer === "twice at once") {
              await Promise.all([store().writeRooms([write]), store().writeRooms([write])]);
            } else if (writer === "current") await store().writeRooms([write]);
            else if (end <= written) await store().writeRooms([forged(write)]);
            if (writer !== "older epoch") written = Math.max(written, end);
          }
          if (written > 0) await expectRoom(store(), room, { steps: written, users });
          if (written < room.steps) await store().writeRooms([room.write(written)]);
          await expectRoom(store(), room, { users });
        },
      ),
      { numRuns: 40 },
    );
  });
}
