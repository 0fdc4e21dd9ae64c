import { type Static, Type } from "typebox";
import { nullable, strict, Time } from "./resources.ts";

/** `commands-3-1289`: the topic without its prefix, the partition and the offset of a record that was passed over. */
export const DeadLetterId = Type.String({ pattern: "^[a-z.-]{1,64}-\\d{1,6}-\\d{1,16}$" });

/** unreadable: nobody can decode it. failing: it can be read, and processing it failed each time. */
const Reason = Type.Enum(["unreadable", "failing"]);
export type DeadLetterReason = Static<typeof Reason>;

export const deadLetterFields = {
  topic: Type.String({ description: "Without the deployment's prefix." }),
  partition: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  key: Type.String({ description: "One that is very long is cut." }),
  reason: Reason,
  error: Type.String({ description: "What was met, at the last try." }),
  service: Type.String({ description: "Which service passed it over." }),
  appendedAt: Time,
  at: Time,
  bytes: Type.Integer({ minimum: 0, description: "Of its value." }),
};

/**
 * `dead-letters`: a record that was passed over, with all of its value. A large one is several records, one for each
 * part of the value. The same record may come again, after a crash of who passed it over.
 */
export const DeadLetterRecord = Type.Object(
  {
    v: Type.Literal(1),
    type: Type.Literal("letter"),
    id: DeadLetterId,
    ...deadLetterFields,
    part: Type.Integer({ minimum: 0 }),
    parts: Type.Integer({ minimum: 1 }),
    value: nullable(Type.String({ description: "Base64; null for a tombstone." })),
  },
  { ...strict, title: "letter" },
);
export type DeadLetterRecord = Static<typeof DeadLetterRecord>;

/** `dead-letters`: the record was written back to its partition. */
export const DeadLetterReplayed = Type.Object(
  { v: Type.Literal(1), type: Type.Literal("replayed"), id: DeadLetterId, at: Time },
  { ...strict, title: "replayed" },
);
export type DeadLetterReplayed = Static<typeof DeadLetterReplayed>;
