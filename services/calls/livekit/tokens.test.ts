import { decodeJwt } from "jose";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import type { Call } from "#shared/protocol/calls.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import { createCallsMetrics } from "../metrics.ts";
import { CallTokens } from "./tokens.ts";

const metrics = createCallsMetrics(new Registry(), () => 0);
const key = { url: "wss://livekit.example", apiKey: "key", apiSecret: "a secret of some length" };

async function claimsFor(kind: Call["kind"], userId: string, isObserver = false) {
  const guest = { tenantId: "acme", userId, isObserver };
  const call = { callId: "c", kind } as Call;
  const { token, url } = await new CallTokens(key, metrics).accessTo(call, guest);
  expect(url).toBe(key.url);
  return decodeJwt(token);
}

const grants = {
  room: "acme/c",
  roomJoin: true,
  canSubscribe: true,
  canPublish: true,
  canPublishData: false,
  canUpdateOwnMetadata: false,
  hidden: false,
};

test.each([
  ["audio", false, { ...grants, canPublishSources: ["microphone"] }],
  [
    "video",
    false,
    { ...grants, canPublishSources: ["microphone", "camera", "screen_share", "screen_share_audio"] },
  ],
  ["video", true, { ...grants, canPublish: false, canPublishSources: [], hidden: true }],
] as const)(
  "a token for a call of %s (observer: %s) grants this and no more, for minutes",
  async (kind, isObserver, video) => {
    const claims = await claimsFor(kind, "ada", isObserver);
    const { exp = 0, nbf = 0, ...rest } = claims;
    expect(rest).toEqual({ iss: key.apiKey, sub: callIdentityOf("acme", "ada"), video });
    expect(exp - nbf).toBe(limits.callTokenSeconds);
  },
);

test.each(["+493012345678", "ada@example.com"])(
  "a user whose id is %s is not known by it in LiveKit",
  async (userId) => {
    const claims = JSON.stringify(await claimsFor("audio", userId));
    for (const part of [userId, userId.slice(1, 6), Buffer.from(userId).toString("base64url")]) {
      expect(claims).not.toContain(part);
    }
    // Nor is it the same one at another customer.
    expect(callIdentityOf("acme", userId)).not.toBe(callIdentityOf("other", userId));
  },
);
