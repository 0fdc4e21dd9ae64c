import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { ContactKind } from "./contact-kind.ts";
import { MessageId, RoomId, UserId } from "./ids.ts";
import { Message, nullable, strict, Time } from "./resources.ts";

/** What people report of what others say, and what masking flags: a queue for the customer's server. */

export const ReportId = Type.String({
  pattern: "^rep_[0-9a-z]{25}$",
  description: "A report's id; ids are in the order of their times.",
});

const Reason = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: "^[a-z0-9_.-]+$",
  description: "The customer's word: spam, abuse, fraud …",
});
const Note = Type.String({ minLength: 1, maxLength: limits.reportNoteCodePointsMax });

export const ReportPost = Type.Object({ reason: Reason, note: Type.Optional(nullable(Note)) }, strict);
export type ReportPost = Static<typeof ReportPost>;
export const ReportResolve = Type.Object(
  {
    outcome: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: "^[a-z0-9_.-]+$",
      description: "What came of it, in the customer's word: dismissed, warned, removed …",
    }),
    note: Type.Optional(nullable(Note)),
  },
  strict,
);

export type ReportResolve = Static<typeof ReportResolve>;

const own = {
  reportId: ReportId,
  roomId: RoomId,
  messageId: MessageId,
  at: Time,
  reason: Reason,
  note: nullable(Note),
};
/** As whoever made it is shown it. */
export const OwnReport = Type.Object(own, strict);

const Resolution = Type.Object(
  { at: Time, outcome: ReportResolve.properties.outcome, note: nullable(Note) },
  strict,
);
export type Resolution = Static<typeof Resolution>;

export const ReportStatus = Type.Enum(["open", "resolved"]);
export const Report = Type.Object(
  {
    ...own,
    reporterId: Type.Union([UserId, Type.Null()], { description: "null: masking has flagged it." }),
    found: Type.Array(Type.Object({ kind: ContactKind, text: Type.String() }, strict), {
      description: `What masking has found, the first ${limits.reportFoundMax}.`,
    }),
    message: Type.Union([Message, Type.Null()], {
      description: "As it was when it was reported. null: it has been deleted for good since.",
    }),
    status: ReportStatus,
    resolution: Type.Union([Resolution, Type.Null()], { description: "null while it is open." }),
  },
  strict,
);
export type Report = Static<typeof Report>;
/** As it is made; what becomes of it is kept beside it. */
export type NewReport = Omit<Report, "status" | "resolution">;
