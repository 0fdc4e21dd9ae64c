import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { CallRegion } from "#shared/protocol/calls.ts";

const Url = Type.String({ pattern: "^(https?|wss?)://." });
const Key = Type.String({ minLength: 1 });
const LiveKitServers = Type.Record(
  CallRegion,
  Type.Object({ url: Url, apiKey: Key, apiSecret: Key }, { additionalProperties: false }),
  { additionalProperties: false, minProperties: 1 },
);
/** By region. */
type LiveKitServers = Static<typeof LiveKitServers>;

export const livekitServersShape =
  'JSON by region, such as {"eu":{"url":"wss://…","apiKey":"…","apiSecret":"…"}}';

/** @throws Error that does not show what was given: it holds secrets. */
export function readLiveKitServers(text: string): LiveKitServers {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    given = null;
  }
  if (!Check(LiveKitServers, given)) throw new Error(livekitServersShape);
  return given;
}
