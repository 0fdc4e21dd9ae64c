import { Histogram, type HistogramData } from "../histogram.ts";
import { eachOf } from "./each-of.ts";
import { KeepAlive } from "./keep-alive.ts";
import { connectMember } from "./member.ts";

export interface RoomListPlan {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly apiKey: string;
  readonly userId: string;
  readonly token: string;
  readonly closed: number;
  readonly open: number;
  readonly reads: number;
}

export interface RoomListReport {
  readonly open: HistogramData;
  readonly archive: HistogramData;
  readonly handshake: HistogramData;
}

const requestsAtOnce = 16;
/** As many as one call closes. */
const closedAtOnce = 100;
const warmUpReads = 50;

/**
 * Gives one user rooms that are over and rooms that are not, then reads its list, the first page of its archive, and
 * connects it, one at a time.
 */
export async function readRoomLists(plan: RoomListPlan): Promise<RoomListReport> {
  const http = new KeepAlive(plan.restUrl, plan.apiKey);
  const make = async (name: string, count: number): Promise<string[]> => {
    const roomIds = Array.from({ length: count }, (_, i) => `${plan.userId}-${name}-${i}`);
    await eachOf(roomIds, requestsAtOnce, async (roomId) => {
      const members = [{ userId: plan.userId }, { userId: `rider-of-${roomId}` }];
      await http.json("PUT", `/v1/rooms/${roomId}`, null, { type: "direct", members });
      await http.json("POST", `/v1/rooms/${roomId}/messages`, plan.userId, { body: "I am on my way" });
    });
    return roomIds;
  };
  for (let made = 0; made < plan.closed; made += closedAtOnce) {
    const roomIds = await make(`past-${made}`, Math.min(closedAtOnce, plan.closed - made));
    await http.json("POST", "/v1/rooms/close", null, { roomIds });
  }
  await make("now", plan.open);

  const list = async (path: string, count: number): Promise<HistogramData> => {
    const { items } = (await http.json("GET", path, plan.userId)) as { items: readonly object[] };
    if (items.length !== count) throw new Error(`${path}: ${items.length} rooms in place of ${count}`);
    return await timed(plan.reads, async () => {
      const startMs = performance.now();
      const { status } = await http.send("GET", path, plan.userId);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      return performance.now() - startMs;
    });
  };
  const page = Math.min(50, plan.closed);
  const open = await list("/v1/rooms", plan.open);
  const archive = await list(`/v1/rooms?state=closed&limit=${page}`, page);
  const handshake = await timed(plan.reads, async () => {
    const { socket, connected, tookMs } = await connectMember(
      plan.wsUrl,
      plan.token,
      () => {},
      () => {},
    );
    socket.terminate();
    if (connected?.rooms?.length !== plan.open) throw new Error(`connected to ${connected?.rooms?.length}`);
    return tookMs;
  });
  http.close();
  return { open, archive, handshake };
}

async function timed(times: number, work: () => Promise<number>): Promise<HistogramData> {
  const histogram = new Histogram();
  for (let i = -warmUpReads; i < times; i++) {
    const tookMs = await work();
    if (i >= 0) histogram.recordMs(tookMs);
  }
  return histogram.toData();
}
