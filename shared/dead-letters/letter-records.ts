import { rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { LogRecord, NewRecord } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type {
  DeadLetterReason,
  DeadLetterRecord,
  DeadLetterReplayed,
} from "#shared/protocol/dead-letters.ts";

/** A record that its partition goes on without, and why. */
export interface DeadRecord {
  readonly record: LogRecord;
  readonly reason: DeadLetterReason;
  readonly error: unknown;
}

export interface DeadPlace {
  /** As the log knows it. */
  readonly topic: string;
  readonly partition: number;
}

export function deadLetterId(topics: Topics, { topic, partition }: DeadPlace, offset: number): string {
  return `${topic.slice(topics.prefix.length)}-${partition}-${offset}`;
}

/** The records of `dead-letters` that hold it: as many as its value takes. */
export function letterRecords(
  topics: Topics,
  place: DeadPlace,
  { record, reason, error }: DeadRecord,
  by: { readonly service: string; readonly nowMs: number },
): NewRecord[] {
  const { offset, key, value, timestampMs } = record;
  const bytes = value === null ? null : (record.bytes ?? Buffer.from(value));
  const text = bytes === null ? null : Buffer.from(bytes).toString("base64");
  const slices = text === null ? [null] : slicesOf(text);
  return slices.map((slice, part) =>
    toNewRecord(topics, {
      v: 1,
      type: "letter",
      id: deadLetterId(topics, place, offset),
      topic: place.topic.slice(topics.prefix.length),
      partition: place.partition,
      offset,
      key: key.slice(0, limits.deadLetterKeyCharsMax),
      reason,
      error: String(error).slice(0, limits.deadLetterErrorCharsMax),
      service: by.service,
      appendedAt: rfc3339(timestampMs),
      at: rfc3339(by.nowMs),
      bytes: bytes?.length ?? 0,
      part,
      parts: slices.length,
      value: slice,
    }),
  );
}

export function replayedRecord(topics: Topics, id: string, at: string): NewRecord {
  return toNewRecord(topics, { v: 1, type: "replayed", id, at });
}

function toNewRecord(topics: Topics, record: DeadLetterRecord | DeadLetterReplayed): NewRecord {
  return { topic: topics.deadLetters, partition: 0, key: record.id, value: JSON.stringify(record) };
}

function slicesOf(text: string): string[] {
  const size = limits.deadLetterPartCharsMax;
  const count = Math.max(1, Math.ceil(text.length / size));
  return Array.from({ length: count }, (_, part) => text.slice(part * size, (part + 1) * size));
}
