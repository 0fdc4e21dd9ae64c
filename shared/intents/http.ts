import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { Type } from "typebox";
import { AppError } from "#shared/errors/app-error.ts";
import { type ErrorCode, errorCodes } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import { checker } from "#shared/protocol/checker.ts";
import { type Intent, IntentResult } from "#shared/protocol/intents.ts";
import type { IngestNodes } from "./ingest-nodes.ts";
import { createLanedSink, type LanedSink } from "./lanes.ts";
import { NoAnswer, postJson } from "./post.ts";

/** The path of ingest's endpoint for gateways. */
export const intentsPath = "/internal/v1/intents";
export const internalKeyHeader = "x-internal-key";

const readResults = checker(Type.Array(IntentResult));

/** Says that a repeat at another node, or a little later, may succeed. */
class TryAgain extends Error {}

/**
 * The way from a gateway to ingest. A call that found no node, or one that is going down or says nothing, is tried at
 * the next: a repeat of a send is the original, and markers only move forward, so a copy taken twice is harmless.
 */
export function createHttpIntentSink(options: {
  nodes: IngestNodes;
  internalKey: string;
  /** Whether intents of the tenant may wait for its customer's server. */
  isSlow?: (tenantId: string) => boolean;
}): LanedSink {
  const { nodes } = options;
  const settings = { keepAlive: true, maxSockets: limits.intentCallLanes + limits.hookCallLanes };
  const agents = { "http:": new Agent(settings), "https:": new SecureAgent(settings) };
  const headers = { [internalKeyHeader]: options.internalKey };

  const call = async (base: string, body: string, withinMs: number): Promise<readonly IntentResult[]> => {
    const url = new URL(`${base.replace(/\/+$/, "")}${intentsPath}`);
    const agent = agents[url.protocol as keyof typeof agents];
    const asked = postJson(url, { agent, headers, body, withinMs });
    const answer = await asked.catch((cause: unknown) => {
      throw new TryAgain("ingest gave no answer", { cause });
    });
    if (answer.status === 200) return readResults(JSON.parse(answer.body));
    throw refusalOf(answer.body);
  };

  const callUntil = async (body: string): Promise<readonly IntentResult[]> => {
    const endMs = performance.now() + limits.intentCallMsMax;
    let pauseMs: number = limits.intentRetryMsMin;
    let last: unknown = new TryAgain("every ingest node has failed a moment ago");
    const pause = async () => {
      await sleep(Math.min(pauseMs, Math.max(0, endMs - performance.now())));
      pauseMs = Math.min(pauseMs * 2, limits.intentRetryMsMax);
    };
    for (;;) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new AppError("service_unavailable", undefined, { cause: last });
      const base = nodes.next();
      if (base === null) {
        await pause();
        continue;
      }
      try {
        const results = await call(base, body, Math.min(leftMs, limits.intentTryMsMax));
        nodes.answered(base);
        return results;
      } catch (error) {
        if (!(error instanceof TryAgain)) {
          nodes.answered(base);
          throw error;
        }
        nodes.failed(base, error.cause instanceof NoAnswer ? "silent" : "refused");
        last = error;
        if (nodes.allFailed) await pause();
      }
    }
  };

  return createLanedSink({
    lanes: limits.intentCallLanes,
    slow: { lanes: limits.hookCallLanes, isSlow: options.isSlow ?? (() => false) },
    deliver: async (intents: readonly Intent[]) => {
      const results: IntentResult[] = [];
      for (const body of bodiesOf(intents)) results.push(...(await callUntil(body)));
      return results;
    },
  });
}

/** Most batches are one body; large messages take several, one after the other. */
function bodiesOf(intents: readonly Intent[]): string[] {
  const bodies: string[] = [];
  let texts: string[] = [];
  let bytes = 2;
  for (const intent of intents) {
    const text = JSON.stringify(intent);
    const size = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes + size > limits.commandBatchBytesMax) {
      bodies.push(`[${texts.join(",")}]`);
      texts = [];
      bytes = 2;
    }
    texts.push(text);
    bytes += size;
  }
  bodies.push(`[${texts.join(",")}]`);
  return bodies;
}

function refusalOf(body: string): Error {
  const code = codeIn(body);
  if (code === "draining") return new TryAgain("ingest is draining");
  return new AppError(code ?? "service_unavailable");
}

function codeIn(body: string): ErrorCode | null {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown } };
    return errorCodes.find((known) => known === error?.code) ?? null;
  } catch {
    return null;
  }
}
