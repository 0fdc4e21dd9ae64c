import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { strict } from "./resources.ts";

const age = (what: string) =>
  Type.Union(
    [Type.Integer({ minimum: limits.retentionSecondsMin, maximum: limits.retentionSecondsMax }), Type.Null()],
    { description: `${what} null: for ever.` },
  );

const ages = Type.Object(
  {
    messageSeconds: age("For how many seconds after it was sent a message is kept."),
    closedRoomSeconds: age(
      "For how many seconds after it was closed a room is kept: then it is deleted, and all its messages go, whatever their age.",
    ),
  },
  strict,
);

/** How long what was said is kept, by the kind of room. */
export const Retention = Type.Object({ direct: ages, group: ages }, strict);
export type Retention = Static<typeof Retention>;
