import type { ConfigOf } from "#shared/config/parse.ts";

/** The LiveKit server that calls go through. */
export interface LiveKitConfig {
  /** Where clients connect: ws or wss. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface CallsConfig {
  /** null: there are no calls. */
  readonly livekit: LiveKitConfig | null;
}

export function callsConfigOf({
  livekitUrl,
  livekitApiKey: apiKey,
  livekitApiSecret: apiSecret,
}: Pick<ConfigOf<"calls">, "livekitUrl" | "livekitApiKey" | "livekitApiSecret">): CallsConfig {
  if (livekitUrl === null || apiKey === null || apiSecret === null) return { livekit: null };
  return { livekit: { url: livekitUrl.replace(/^http/, "ws"), apiKey, apiSecret } };
}
