import { setTimeout as sleep } from "node:timers/promises";
import type { Producer } from "kafkajs";
import { serveParent } from "../child.ts";
import { startHealth } from "../generator/health.ts";
import { pace } from "../generator/pacer.ts";
import { Tally, type WindowReport } from "../generator/tally.ts";
import type { Schedule } from "../schedule.ts";
import { connectProducer, consumeAll, kafkaOf, type PipePlan, topicsOf } from "./pipe.ts";

/** Both ends of the bare pipe, on one clock: produce by a schedule, and consume what the middle has stored. */
let producer: Producer | null = null;
let topic = "";
let tally = new Tally();
const due = new Map<number, number>();
let sequence = 0;
const body = "Message of this trip: I am at the corner, by the blue sign, two minutes away";

function send(rooms: number, dueMs: number): void {
  sequence += 1;
  const n = sequence;
  const counted = tally;
  counted.sent += 1;
  due.set(n, dueMs);
  const messages = [{ key: `trip-${n % rooms}`, value: JSON.stringify({ n, body }) }];
  producer?.send({ topic, messages }).then(
    () => {
      counted.acked += 1;
      counted.ack.recordMs(performance.now() - dueMs);
    },
    () => counted.refuse("produce"),
  );
}

function arrived(n: number): void {
  const dueMs = due.get(n);
  if (dueMs === undefined) return;
  due.delete(n);
  tally.delivered += 1;
  tally.complete += 1;
  tally.deliver.recordMs(performance.now() - dueMs);
}

const methods = {
  open: async (plan: PipePlan) => {
    const kafka = kafkaOf(plan, "ends");
    topic = topicsOf(plan.name).sent;
    producer = await connectProducer(kafka);
    await consumeAll(kafka, topicsOf(plan.name).stored, async (records) => {
      for (const { value } of records) arrived((JSON.parse(value) as { n: number }).n);
    });
  },
  run: async ({
    schedule,
    rooms,
    settleMsMax,
  }: {
    schedule: Schedule;
    rooms: number;
    settleMsMax: number;
  }): Promise<WindowReport> => {
    const window = new Tally();
    tally = window;
    due.clear();
    let readHealth = startHealth();
    const startMs = performance.now();
    await pace(
      schedule,
      (_, dueMs) => {
        window.lateness.recordMs(performance.now() - dueMs);
        send(rooms, dueMs);
      },
      () => {
        readHealth = startHealth();
      },
    );
    const health = readHealth();
    const giveUpMs = performance.now() + settleMsMax;
    while (!window.settled && performance.now() < giveUpMs) await sleep(10);
    return window.report(schedule.count, performance.now() - startMs, health);
  },
};

export type PipeEndsMethods = typeof methods;

serveParent(methods);
