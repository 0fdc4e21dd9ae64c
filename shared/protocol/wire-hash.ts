import { createHash } from "node:crypto";
import { errorCatalogue } from "#shared/errors/catalogue.ts";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { Command } from "./commands.ts";
import { DeadLetterRecord, DeadLetterReplayed } from "./dead-letters.ts";
import { DurableEvent, TransientEvent } from "./events.ts";
import { clientFrames, serverFrames } from "./frames.ts";
import { Intent, IntentResult } from "./intents.ts";
import { operationList } from "./operations.ts";
import { DeliveryRecord, EventRecord, HeartbeatRecord, InterestRecord, SignalRecord } from "./records.ts";
import { durableSocketEvents, transientSocketEvents } from "./socket-events.ts";
import { WebhookJobRecord } from "./webhook-jobs.ts";

/** Words for people: changing them changes nothing that is sent. */
const annotations = new Set(["description", "title", "summary", "doc", "logLevel"]);

/** A hash of all that goes over a wire: REST, frames, events, topics' records, gateways' intents, errors. */
export function wireHash(): string {
  const wire = {
    operations: operationList.map(({ service: _, ...operation }) => operation),
    clientFrames,
    serverFrames,
    events: [DurableEvent, TransientEvent],
    socketEvents: [durableSocketEvents, transientSocketEvents],
    commands: Command,
    records: [
      EventRecord,
      InterestRecord,
      HeartbeatRecord,
      SignalRecord,
      DeliveryRecord,
      DeadLetterRecord,
      DeadLetterReplayed,
      WebhookJobRecord,
    ],
    intents: [Intent, IntentResult],
    errors: errorCatalogue,
    closeCodes,
  };
  const text = JSON.stringify(canonicalWire(JSON.parse(JSON.stringify(wire)) as unknown));
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** Keys in one order, annotations left out; `named` keys are names of fields, which may be words like those. */
export function canonicalWire(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map((item) => canonicalWire(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => named || !annotations.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonicalWire(inner, key === "properties" && !named)]),
  );
}
