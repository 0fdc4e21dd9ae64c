import { type Static, Type } from "typebox";
import { strict } from "./resources.ts";

const Rate = Type.Object(
  { limit: Type.Integer({ minimum: 1 }), windowSeconds: Type.Integer({ minimum: 1 }) },
  strict,
);

/** How often a tenant, its users and their sockets may ask. Each node counts for itself. Past it: `rate_limited`. */
export const Rates = Type.Object(
  {
    tenantRequests: Rate,
    userMessages: Rate,
    userSignals: Rate,
    userReports: Rate,
    connectionFrames: Rate,
  },
  strict,
);
export type Rates = Static<typeof Rates>;
