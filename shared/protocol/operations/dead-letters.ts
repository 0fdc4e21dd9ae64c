import { Type } from "typebox";
import { DeadLetterId, deadLetterFields } from "../dead-letters.ts";
import { nullable, strict, Time } from "../resources.ts";
import { define, listOf, none, page } from "./operation.ts";

const letterPath = Type.Object({ deadLetterId: DeadLetterId }, strict);

export const DeadLetterResource = Type.Object(
  {
    deadLetterId: DeadLetterId,
    ...deadLetterFields,
    replayedAt: nullable(Time),
  },
  strict,
);

export const deadLettersOperations = {
  listDeadLetters: define({
    id: "listDeadLetters",
    method: "GET",
    path: "/admin/v1/dead-letters",
    service: "ingest",
    auth: "operator",
    summary: "Records that nobody could process and that were passed over, newest first.",
    params: Type.Object({}, strict),
    query: page,
    body: null,
    responses: { 200: listOf(DeadLetterResource) },
    errors: ["log_unavailable"],
  }),
  getDeadLetter: define({
    id: "getDeadLetter",
    method: "GET",
    path: "/admin/v1/dead-letters/{deadLetterId}",
    service: "ingest",
    auth: "operator",
    summary: "One of them, with its value.",
    params: letterPath,
    query: none,
    body: null,
    responses: {
      200: Type.Object(
        {
          ...DeadLetterResource.properties,
          value: nullable(Type.String({ description: "Base64; null for a tombstone." })),
          text: nullable(Type.String({ description: "The value, where it is UTF-8." })),
        },
        strict,
      ),
    },
    errors: ["dead_letter_not_found", "log_unavailable"],
  }),
  replayDeadLetter: define({
    id: "replayDeadLetter",
    method: "POST",
    path: "/admin/v1/dead-letters/{deadLetterId}/replay",
    service: "ingest",
    auth: "operator",
    summary: "Write it back to its partition, where it is processed as if it came now.",
    params: letterPath,
    query: none,
    body: null,
    responses: { 200: DeadLetterResource },
    errors: ["dead_letter_not_found", "not_replayable"],
  }),
} as const;
