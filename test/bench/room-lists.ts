import type { Fleet } from "./fleet.ts";
import type { BenchOptions } from "./options.ts";
import { makeUsers, type Target } from "./product.ts";
import { type Measured, measured } from "./windows.ts";

export interface RoomLists {
  readonly closed: number;
  readonly open: Measured;
  readonly archive: Measured;
  readonly handshake: Measured;
}

/** A driver's open trips, beside all those that are over. */
const openRooms = 10;

/** What the lists and the handshake of one user cost who has many rooms behind it. */
export async function measureRoomLists(
  fleet: Fleet,
  target: Target,
  { closedRooms, reads }: BenchOptions,
): Promise<RoomLists> {
  const [user] = await makeUsers(target, "driver", 1);
  if (user === undefined) throw new Error("the user was not made");
  const report = await fleet.first.call("readRoomLists", {
    restUrl: target.url,
    wsUrl: user.url,
    apiKey: target.apiKey,
    userId: user.userId,
    token: user.token ?? "",
    closed: closedRooms,
    open: openRooms,
    reads,
  });
  return {
    closed: closedRooms,
    open: measured([report.open]),
    archive: measured([report.archive]),
    handshake: measured([report.handshake]),
  };
}
