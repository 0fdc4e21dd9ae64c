import { Type } from "typebox";

/** Every time that is said to anybody. */
export const TimeText = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$",
  description: "RFC 3339, UTC, milliseconds.",
});
