import type { Fleet } from "./fleet.ts";
import type { BenchOptions } from "./options.ts";
import { makeRooms, type Target } from "./product.ts";
import { type Measured, measured } from "./windows.ts";

export interface HistoryReads {
  readonly messages: number;
  readonly rest: Measured;
  readonly ws: Measured;
  /** How fast one socket, with 48 sends in flight, filled the room. */
  readonly filledPerSecond: number;
}

/** Reads the newest 50 messages of a long room. */
export async function measureHistoryReads(
  fleet: Fleet,
  target: Target,
  { history, reads }: BenchOptions,
): Promise<HistoryReads> {
  const { rooms } = await makeRooms(target, "history", 1);
  const [room] = rooms;
  const [member] = room?.members ?? [];
  if (room === undefined || member === undefined) throw new Error("the room was not made");
  const { rest, ws, filledPerSecond } = await fleet.first.call("readHistory", {
    restUrl: target.url,
    wsUrl: member.url,
    apiKey: target.apiKey,
    userId: member.userId,
    token: member.token ?? "",
    roomId: room.roomId,
    messages: history,
    reads,
  });
  return { messages: history, rest: measured([rest]), ws: measured([ws]), filledPerSecond };
}
