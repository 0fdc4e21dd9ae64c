/** Bounds of webhooks and of what calls customers' servers, as in `limits.ts`, whose part this is. */
export const webhookLimits = {
  /** Calls to customers' servers. Of an answer so much is kept … */
  outboundAnswerBytesMax: 1_024,
  /** … and so much is read, so that the connection can be used again. Past it: cut. */
  outboundReadBytesMax: 65_536,
  /** A connection that nobody uses is ended, before common servers end it. */
  outboundIdleMsMax: 4_000,
  /** Such connections to one server. Past it they are ended when their call is over. */
  outboundFreeSocketsMax: 64,

  /** Endpoints of one tenant: each event is held against all of them. Past it: 409 too_many_webhook_endpoints. */
  webhookEndpointsMax: 50,
  /** Headers that an endpoint adds of its own; with the rest they fit what servers take. Past it: 400. */
  webhookHeadersMax: 20,
  webhookHeaderCharsMax: 1_024,
  /** Calls under way to one endpoint, per node: what may be asked for, and what is where nothing was. */
  webhookConcurrentRequestsMax: 100,
  webhookConcurrentRequestsDefault: 20,
  webhookRatePerSecondMax: 10_000,
  /** After a rotation the secret before still signs for so long; several rotations keep so many. The oldest go. */
  webhookSecretOverlapSeconds: 86_400,
  webhookSecretsMax: 4,
} as const;
