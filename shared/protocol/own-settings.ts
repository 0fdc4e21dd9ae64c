import { Type } from "typebox";
import { UserId } from "./ids.ts";
import { strict } from "./resources.ts";

/** What others may know of a user. */
export const Privacy = Type.Object(
  {
    receipts: Type.Boolean({
      description: "false: others are not told what the user receives and reads from now on.",
    }),
    presence: Type.Boolean({
      description: "false: to others the user is offline, and was never there. Its server still sees it.",
    }),
  },
  strict,
);

/** One whom a user blocks. */
export const Block = Type.Object({ userId: UserId }, strict);
