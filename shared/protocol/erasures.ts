import { type Static, Type } from "typebox";
import { UserId } from "./ids.ts";
import { nullable, strict, Time } from "./resources.ts";

/** Users that are forgotten. */

export const ErasureId = Type.String({ pattern: "^ers_[A-Za-z0-9_-]{22}$", description: "An erasure's id." });

export const ErasedMessages = Type.Enum(["anonymise", "remove"], {
  description:
    "What becomes of what the user said. anonymise: it stays, by somebody whom nothing leads back to the user. remove: it is deleted for good. Where nothing is said: anonymise.",
});
export type ErasedMessages = Static<typeof ErasedMessages>;

export const Erasure = Type.Object(
  {
    taskId: ErasureId,
    userId: Type.Union([UserId, Type.Null()], {
      description: "null: it is done, and not even this is kept.",
    }),
    messages: ErasedMessages,
    status: Type.Enum(["running", "done"], {
      description: "running: it goes on by itself, whatever node fails. done: nothing of the user is left.",
    }),
    roomsDone: Type.Integer({ minimum: 0, description: "Rooms that the user is erased from so far." }),
    createdAt: Time,
    completedAt: nullable(Time),
  },
  strict,
);
export type Erasure = Static<typeof Erasure>;

/**
 * A part of a room's erasure: its messages with a greater number, its calls with a smaller one (0: from the newest on),
 * or its events with a greater seq.
 */
export const ErasureStep = Type.Object(
  { part: Type.Enum(["messages", "calls", "events"]), after: Type.Integer({ minimum: 0 }) },
  strict,
);
export type ErasureStep = Static<typeof ErasureStep>;
