import { expect, test } from "vitest";
import { Histogram } from "../histogram.ts";
import { measured } from "../windows.ts";
import { curveTargets } from "./targets.ts";

function all(ms: number) {
  const histogram = new Histogram();
  histogram.recordMs(ms);
  return measured([histogram.toData()]);
}
const spread = (lastMs: number) => ({
  ...{ sent: 1, deliveries: 1_000, cpuMicrosPerDelivery: 10 },
  ...{ first: all(1), last: all(lastMs) },
});
const room = (members: number, lastMs: number) => ({
  ...{ members, product: spread(lastMs), floor: spread(10) },
  ...{ gatewayMicrosPerDelivery: 10, invalid: [], broken: [] },
});
const nothing = { nodes: null, rooms: null, idle: null, storm: null, noisy: null };

test("the last member of a thousand is judged beside the floor, other sizes are not", () => {
  const judge = (lastMs: number) =>
    curveTargets({ ...nothing, rooms: [room(100, 500), room(1_000, lastMs)] }).map(({ met }) => met);
  expect(judge(19)).toEqual([true]);
  expect(judge(21)).toEqual([false]);
});

test("the quiet tenant may be slowed, by less than twice", () => {
  const part = (ms: number) => ({ ack: all(1), deliver: all(ms), floor: all(1) });
  const judge = (besideMs: number) => {
    const counts = { accepted: 1, refused: 1, heldBack: 0, acceptedPerSecond: 1, broken: [] };
    const step = { mode: "cluster" as const, alone: part(10), beside: part(besideMs), ...counts };
    return curveTargets({ ...nothing, noisy: [step] }).map(({ met }) => met);
  };
  expect(judge(19)).toEqual([true]);
  expect(judge(21)).toEqual([false]);
});

test("what was not measured is not judged", () => {
  expect(curveTargets(nothing)).toEqual([]);
});
