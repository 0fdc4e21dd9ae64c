import { expect, test } from "vitest";
import { OutboundFailure } from "#shared/outbound/failure.ts";
import { judge, type Result } from "./verdict.ts";

const nowMs = Date.UTC(2026, 0, 1);
const scheduleMs = [0, 5_000, 300_000];
const answer = (status: number, retryAfter: string | null = null): Result => ({
  status,
  retryAfter,
  body: "",
});
const of = (tries: number, chance = 0) => ({ tries, scheduleMs, nowMs, chance });

test.each([200, 201, 204, 299])("%i is success", (status) => {
  expect(judge(answer(status), of(1))).toEqual({
    status: "succeeded",
    retryMs: null,
    gone: false,
    pauseMs: 0,
  });
});

test.each([100, 199, 301, 302, 307, 400, 401, 404, 429, 500, 503])("%i is tried again", (status) => {
  expect(judge(answer(status), of(1))).toMatchObject({ status: "failed", retryMs: 5_000, gone: false });
  expect(judge(answer(status), of(2))).toMatchObject({ status: "failed", retryMs: 300_000 });
  expect(judge(answer(status), of(3))).toMatchObject({ status: "exhausted", retryMs: null });
});

test("no answer is tried again", () => {
  for (const reason of ["timeout", "dns", "connection", "tls", "target_refused"] as const) {
    const failure = new OutboundFailure(reason, "no");
    expect(judge(failure, of(1))).toMatchObject({ status: "failed", retryMs: 5_000 });
    expect(judge(failure, of(3))).toMatchObject({ status: "exhausted" });
  }
});

test("410 ends the endpoint, whatever the schedule", () => {
  expect(judge(answer(410), of(1))).toEqual({ status: "exhausted", retryMs: null, gone: true, pauseMs: 0 });
});

test.each([429, 503])("%i is not tried again before it said, and others wait a while too", (status) => {
  expect(judge(answer(status, "20"), of(1))).toMatchObject({ retryMs: 20_000, pauseMs: 20_000 });
  expect(judge(answer(status, "1"), of(1))).toMatchObject({ retryMs: 5_000, pauseMs: 1_000 });
  const date = new Date(nowMs + 90_000).toUTCString();
  expect(judge(answer(status, date), of(1))).toMatchObject({ retryMs: 90_000, pauseMs: 60_000 });
  expect(judge(answer(status, "999999999"), of(1))).toMatchObject({ retryMs: 86_400_000 });
  for (const nonsense of ["soon", "-5", "1e9", ""]) {
    expect(judge(answer(status, nonsense), of(1))).toMatchObject({ retryMs: 5_000, pauseMs: 0 });
  }
});

test("retry-after counts for nothing else", () => {
  expect(judge(answer(500, "20"), of(1))).toMatchObject({ retryMs: 5_000, pauseMs: 0 });
});

test("jitter makes a retry later, by a tenth at most", () => {
  expect(judge(answer(500), of(2, 1)).retryMs).toBe(330_000);
  expect(judge(answer(500), of(2, 0.5)).retryMs).toBe(315_000);
});
