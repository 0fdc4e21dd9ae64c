import { Type } from "typebox";
import { limits } from "#shared/limits.ts";

/** Any JSON object; its size is checked in bytes, which a schema cannot say. */
export const Custom = Type.Record(Type.String(), Type.Unknown(), {
  description: `The customer's own data: a JSON object of at most ${limits.customBytesMax} bytes.`,
});
