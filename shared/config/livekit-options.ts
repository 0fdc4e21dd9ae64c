/** Options of calls. A part of `options`. */
const programs = ["standalone", "cluster", "calls"] as const;

export const livekitOptions = {
  livekitUrl: {
    name: "SENDSAR_LIVEKIT_URL",
    kind: "url",
    needs: "SENDSAR_LIVEKIT_API_KEY",
    programs,
    doc: "The LiveKit server that calls go through, as clients reach it. Without it there are no calls.",
  },
  livekitApiKey: {
    name: "SENDSAR_LIVEKIT_API_KEY",
    kind: "secret",
    needs: "SENDSAR_LIVEKIT_API_SECRET",
    programs,
    doc: "LiveKit's key, by which tokens for calls are made.",
  },
  livekitApiSecret: {
    name: "SENDSAR_LIVEKIT_API_SECRET",
    kind: "secret",
    needs: "SENDSAR_LIVEKIT_URL",
    programs,
    doc: "LiveKit's secret.",
  },
  livekitServers: {
    name: "SENDSAR_LIVEKIT_SERVERS",
    kind: "livekit-servers",
    programs,
    doc: "More LiveKit servers, by region: calls go through that of the region which they or their tenant name.",
  },
} as const;
