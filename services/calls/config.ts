import type { ConfigOf } from "#shared/config/parse.ts";

/** A LiveKit server that calls go through. */
export interface LiveKitConfig {
  /** Where clients connect: ws or wss. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface CallsConfig {
  /** By region; null: of calls that name none. Empty: there are no calls. */
  readonly livekit: ReadonlyMap<string | null, LiveKitConfig>;
}

export function callsConfigOf({
  livekitUrl: url,
  livekitApiKey: apiKey,
  livekitApiSecret: apiSecret,
  livekitServers,
}: Pick<
  ConfigOf<"calls">,
  "livekitUrl" | "livekitApiKey" | "livekitApiSecret" | "livekitServers"
>): CallsConfig {
  const livekit = new Map<string | null, LiveKitConfig>();
  if (url !== null && apiKey !== null && apiSecret !== null) {
    livekit.set(null, forClients({ url, apiKey, apiSecret }));
  }
  for (const [region, its] of Object.entries(livekitServers ?? {})) livekit.set(region, forClients(its));
  return { livekit };
}

function forClients(config: LiveKitConfig): LiveKitConfig {
  return { ...config, url: config.url.replace(/^http/, "ws") };
}
