import { expect, test } from "vitest";
import type { Store } from "#shared/store/store.ts";
import type { Hub } from "../rooms/hub.ts";
import { joinRoom } from "./handshake.ts";
import { Session } from "./session.ts";

function fakes(memberships: () => Promise<unknown>) {
  const entered: string[] = [];
  const deps = {
    hub: {
      addRooms: async (_session: Session, roomIds: readonly string[]) => void entered.push(...roomIds),
      removeRoom: (session: Session, roomId: string) => session.leave(roomId),
    } as unknown as Hub,
    past: { readEvents: async () => [] },
    store: { readMemberships: async () => [await memberships()] } as unknown as Store,
  };
  const peer = {
    send: () => undefined,
    signal: () => undefined,
    close: () => undefined,
    drained: async () => undefined,
    lastHeardMs: 0,
  };
  const identity = { tenantId: "acme", userId: "ann", issuedAtMs: 0, expiresAtMs: 1 };
  const session = new Session(identity, peer, () => undefined);
  session.start();
  return { deps, session, entered };
}

test("a room that opens while its client is told what it missed waits for that, to go on from there", async () => {
  const { deps, session, entered } = fakes(async () => null);
  const joining = joinRoom(deps, session, "r", 3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toEqual([]);
  session.resumed();
  await joining;
  expect(entered).toEqual(["r"]);
});

test("one who is let in again while a joining that is over is looked into is in the room", async () => {
  const old = Promise.withResolvers<null>();
  const now = {
    head: { roomId: "r", seq: 6, type: "group", state: "open" },
    member: { role: "member", joinedSeq: 6 },
  };
  const reads: Promise<unknown>[] = [old.promise, Promise.resolve(now)];
  const { deps, session } = fakes(async () => reads.shift());
  session.resumed();
  const joining = joinRoom(deps, session, "r", 2);
  await new Promise((resolve) => setImmediate(resolve));
  await joinRoom(deps, session, "r", 6);
  old.resolve(null);
  await joining;
  expect(session.rooms.get("r")?.seq).toBe(6);
});
