import { Histogram, type HistogramData } from "../histogram.ts";
import { KeepAlive } from "./keep-alive.ts";
import { connectMember } from "./member.ts";

export interface ReadPlan {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly apiKey: string;
  readonly userId: string;
  readonly token: string;
  readonly roomId: string;
  /** Messages that the room is to hold before it is read. */
  readonly messages: number;
  readonly reads: number;
}

export interface ReadReport {
  readonly rest: HistogramData;
  readonly ws: HistogramData;
  readonly filledPerSecond: number;
}

const page = 50;
const warmUpReads = 50;
/** Sends in flight while the room is filled: below what a socket may have. */
const fillAtOnce = 48;

/** Fills a room, then reads its newest page again and again, one read at a time: over REST and over WebSocket. */
export async function readHistory(plan: ReadPlan): Promise<ReadReport> {
  const answers = new Map<number, PromiseWithResolvers<void>>();
  const { socket } = await connectMember(
    plan.wsUrl,
    plan.token,
    (frame) => {
      const answer = answers.get(Number(frame.ref));
      if (frame.type === "error") answer?.reject(new Error(`history: ${frame.error?.code}`));
      else answer?.resolve();
    },
    () => {},
  );
  let refs = 0;
  const ask = async (fields: string): Promise<void> => {
    const answer = Promise.withResolvers<void>();
    refs += 1;
    const ref = refs;
    answers.set(ref, answer);
    socket.send(`{"ref":${ref},"roomId":"${plan.roomId}",${fields}}`);
    await answer.promise;
    answers.delete(ref);
  };

  const fillStartMs = performance.now();
  let sent = 0;
  const filler = async (): Promise<void> => {
    while (sent < plan.messages) {
      sent += 1;
      await ask(`"type":"message.send","clientId":"fill-${sent}","body":"Message ${sent} of a long trip"`);
    }
  };
  await Promise.all(Array.from({ length: fillAtOnce }, filler));
  const filledPerSecond = (plan.messages * 1_000) / (performance.now() - fillStartMs);

  const http = new KeepAlive(plan.restUrl, plan.apiKey);
  const path = `/v1/rooms/${plan.roomId}/messages?limit=${page}`;
  await waitUntilWhole(http, path, plan);
  const rest = await timed(plan.reads, async () => {
    const { status } = await http.send("GET", path, plan.userId);
    if (status !== 200) throw new Error(`history: ${status}`);
  });
  const ws = await timed(plan.reads, () => ask(`"type":"history","limit":${page}`));
  http.close();
  socket.terminate();
  return { rest, ws, filledPerSecond };
}

/** An acknowledged message is in the history a moment later. */
async function waitUntilWhole(http: KeepAlive, path: string, plan: ReadPlan): Promise<void> {
  const untilMs = performance.now() + 60_000;
  for (;;) {
    const { items } = (await http.json("GET", path, plan.userId)) as { items: { number: number }[] };
    if (items[0]?.number === plan.messages) return;
    if (performance.now() > untilMs) throw new Error(`the history stopped at ${items[0]?.number}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function timed(times: number, work: () => Promise<void>): Promise<HistogramData> {
  const histogram = new Histogram();
  for (let i = -warmUpReads; i < times; i++) {
    const startMs = performance.now();
    await work();
    if (i >= 0) histogram.recordMs(performance.now() - startMs);
  }
  return histogram.toData();
}
