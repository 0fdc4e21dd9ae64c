import { expect, test } from "vitest";
import type { Store } from "#shared/store/store.ts";
import type { Hub } from "../rooms/hub.ts";
import { joinRoom } from "./handshake.ts";
import { Session } from "./session.ts";

test("a room that opens while its client is told what it missed waits for that, to go on from there", async () => {
  const entered: string[] = [];
  const deps = {
    hub: {
      addRooms: async (_session: Session, roomIds: readonly string[]) => void entered.push(...roomIds),
      removeRoom: () => undefined,
    } as unknown as Hub,
    past: { readEvents: async () => [] },
    store: { readMemberships: async () => [null] } as unknown as Store,
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
  const joining = joinRoom(deps, session, "r", 3);
  session.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toEqual([]);
  session.resumed();
  await joining;
  expect(entered).toEqual(["r"]);
});
