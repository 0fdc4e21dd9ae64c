import { tableOf } from "../report/table.ts";
import type { CallsResult } from "./calls.ts";

const mintMsMax = 5;
const lateMsMax = 1_000;

export function callsText({ mode, ringing, start, mint, token, late, wrong }: CallsResult): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const row = (name: string, { p50Ms, p99Ms, maxMs, samples }: CallsResult["start"], verdict = "") => [
    name,
    ms(p50Ms),
    ms(p99Ms),
    ms(maxMs),
    String(samples),
    verdict,
  ];
  return [
    "",
    `${mode}: ${ringing} calls that ring at once`,
    "",
    tableOf([
      ["", "p50", "p99", "most", "samples", ""],
      row("a call's start", start),
      row("a request for a token", token),
      row("told of its end after its time", late, late.maxMs <= lateMsMax && wrong === 0 ? "met" : "MISSED"),
    ]),
    "",
    `making a token: half within ${mint.halfWithinMs} ms (${mint.halfWithinMs <= mintMsMax ? "met" : "MISSED"}), ${mint.meanMs.toFixed(2)} ms on average`,
    `${wrong} calls that did not end as missed, once`,
    "",
  ].join("\n");
}
