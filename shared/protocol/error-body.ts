import { type Static, Type } from "typebox";
import { errorCodes } from "#shared/errors/catalogue.ts";
import { strict } from "./resources.ts";

/** What is wrong, for programs (`code`) and for people (`message`). */
export const ErrorBody = Type.Object(
  {
    code: Type.Enum(errorCodes, { description: "One of the closed catalogue." }),
    message: Type.String(),
    retryable: Type.Boolean({ description: "Whether the same call may succeed later." }),
    requestId: Type.String(),
    retryAfterMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          "With `rate_limited` and, where it is known, other retryable errors: milliseconds to wait before the next try.",
      }),
    ),
    details: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }, strict), {
        description: "One entry per bad field.",
      }),
    ),
  },
  strict,
);
export type ErrorBody = Static<typeof ErrorBody>;

export const ErrorResponse = Type.Object({ error: ErrorBody }, strict);
