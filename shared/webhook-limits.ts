/** Bounds of webhooks and of what calls customers' servers, as in `limits.ts`, whose part this is. */
export const webhookLimits = {
  /** Calls to customers' servers. Of an answer so much is kept … */
  outboundAnswerBytesMax: 1_024,
  /** … and so much is read, so that the connection can be used again. Past it: cut. */
  outboundReadBytesMax: 65_536,
  /** What a customer's server says of a message: one with every field full fits. Past it: no good answer. */
  hookAnswerBytesMax: 65_536,
  /** How long its answer may be waited for: people wait for their message, and gateways no longer than this. */
  hookMsMin: 50,
  hookMsDefault: 1_000,
  hookMsMax: 3_000,
  /** Calls of one tenant under way on a node, and waiting for a place. Past it: as if there was no answer. */
  hookCallsInFlightMax: 64,
  hookCallsWaitingMax: 256,
  /** Calls in a row without a good answer, after which the server is left alone for a while, doubled each time. */
  hookFailuresMax: 5,
  hookRestMsMin: 1_000,
  hookRestMsMax: 15_000,
  /** Tenants whose failures are remembered; past it the least recently used are called anew. */
  hookTenantsMax: 10_000,
  /** Calls in flight from one gateway to ingest for rooms whose messages wait for customers' servers: nobody else waits behind them. */
  hookCallLanes: 32,

  /** A connection that nobody uses is ended, before common servers end it. */
  outboundIdleMsMax: 4_000,
  /** Such connections to one server. Past it they are ended when their call is over. */
  outboundFreeSocketsMax: 64,

  /** Endpoints of one tenant: each event is held against all of them. Past it: 409 too_many_webhook_endpoints. */
  webhookEndpointsMax: 50,
  /** A node that delivers knows a tenant's endpoints for so long, unless the store is in its process, … */
  webhookEndpointsCacheMs: 250,
  /** … and a change of them is answered that much later, so that whatever happens after it is judged by it. */
  webhookEndpointsSettleMs: 300,
  /** Headers that an endpoint adds of its own; with the rest they fit what servers take. Past it: 400. */
  webhookHeadersMax: 20,
  webhookHeaderCharsMax: 1_024,
  /** How long somebody must not have read a message, and a room must have been silent, until an endpoint is told. */
  webhookUnreadAfterSecondsDefault: 300,
  webhookIdleAfterSecondsDefault: 3_600,
  webhookAfterSecondsMax: 604_800,
  /** Calls under way to one endpoint, per node: what may be asked for, and what is where nothing was. */
  webhookConcurrentRequestsMax: 100,
  webhookConcurrentRequestsDefault: 20,
  webhookRatePerSecondMax: 10_000,
  /** Events in one call, for endpoints that want several, and how long the first may wait for the others. */
  webhookBatchEventsMax: 100,
  webhookBatchWaitMsMax: 10_000,
  /** Their bodies together, in characters. Past it the call is made with those that there are. */
  webhookBatchCharsMax: 262_144,
  /** Calls of an ordered endpoint's that wait in memory for the one before, by partition. Past it: put off. */
  webhookBatchesWaitingMax: 16,
  /** After a rotation the secret before still signs for so long; several rotations keep so many. The oldest go. */
  webhookSecretOverlapSeconds: 86_400,
  webhookSecretsMax: 4,
  /** Deliveries are kept this long, for the log and for replays. Then they are gone. */
  webhookLogRetentionSeconds: 2_592_000,
  /** Deliveries of messages that were deleted for good which an owner knows to send without it, though in memory it is. */
  webhookEmptiedMax: 20_000,
  /** What the clock of a node that made a delivery may be ahead of the one that lists it. */
  webhookClockSkewMsMax: 7_200_000,
  /** Rows of deliveries in one request to the store: some 2 KB each, below what Cassandra warns of. */
  webhookRowsPerRequestMax: 25,
  /** A retry is put off by up to so much of its pause, so that those that failed together come apart. */
  webhookJitterPercentMax: 10,
  /** `retry-after` of an answer: no more than this is heeded, … */
  webhookRetryAfterMsMax: 86_400_000,
  /** … and so much of it holds back the endpoint's other deliveries too. */
  webhookPauseMsMax: 60_000,
  /** Attempts that a delivery remembers: those of the schedule, and as many asked for. The oldest go. */
  webhookAttemptsKeptMax: 20,
  /** Deliveries to one endpoint in a node's memory, and to one that takes nothing. Past it they are put off in the store, … */
  webhookLineJobsMax: 256,
  webhookFailingLineJobsMax: 16,
  /** … until it is likely to be their turn, within these. */
  webhookPutOffMsMin: 500,
  webhookPutOffMsMax: 600_000,
  /** Between two that are put off to an endpoint that takes something, at most: so often are they looked at again. */
  webhookPutOffStepMsMax: 10,
  /** Keys of endpoints that are ready to sign. Past it they are made anew. */
  webhookKeysMax: 10_000,
  /** Bodies of deliveries in a node's memory, in characters. Past it: put off. */
  webhookBytesMax: 67_108_864,
  /** Endpoints that a node has something for. Past it those with nothing in memory are forgotten. */
  webhookLinesMax: 10_000,
  /** After so many calls in a row that failed an endpoint gets two at a time, until one succeeds, … */
  webhookFailuresMax: 10,
  /** … and after each more a pause, twice as long as the one before, so that a dead one costs the others nothing. */
  webhookBreakMsMin: 10,
  webhookBreakMsMax: 1_000,
  /** That an endpoint begins to fail is written at most so often, however often it changes its mind. */
  webhookHealthNoteMs: 60_000,
  /** Tenants that metrics name for the age of what waits for them: the oldest, and only from this age on. */
  webhookBacklogTenantsMax: 10,
  webhookBacklogNamedMs: 60_000,
  /** A delivery that waits for another is looked at again this long after that one's next try. */
  webhookAfterOtherMs: 100,
  /** One for which others wait keeps its place when it is tried again so soon: the first retry, as a rule. Past it: put off. */
  webhookRetryInLineMsMax: 6_000,
  /** Rooms of ordered endpoints whose newest delivery a partition remembers. The others are read from the store. */
  webhookTailsMax: 20_000,
  /** How often the owner of a partition looks what is due, and how long after a failure. */
  webhookScanMs: 250,
  webhookScanRetryMs: 2_000,
  /** It reads so far ahead, so that it need not ask while nothing comes due. */
  webhookScanAheadMs: 10_000,
  /** What was written this long after it was due is found all the same: by an owner before, slowly. */
  webhookScanBackMs: 2_000,
  /** Deliveries that one page of the log looks at for what a filter leaves. Past it the page is short, with a `next`. */
  webhookLogLookedMax: 2_000,
  /** Rows of one such look; more are read in the next. */
  webhookDuePageRows: 200,
  /** The mark before which nothing is due moves this far at a time: what a new owner looks through at least. */
  webhookMarkMs: 60_000,
  /** Ended deliveries that go to the store together. */
  webhookRecordsPerWriteMax: 200,
  /** That ended ones are no longer due is written so much later, for many together. */
  webhookDoneMs: 200,
  /** A node that ends waits this long for calls under way. What still runs then is sent again by the next owner. */
  webhookDrainMsMax: 8_000,
  /** Minutes of tenants that are known to have deliveries. The least recently used are written again. */
  webhookMinutesListedMax: 10_000,
  /** That somebody was told of for not reading is remembered so long. Past it it may be told of once more. */
  webhookToldRetentionSeconds: 7_776_000,
  /** Timers of rooms that a partition remembers to have set. The others may be set twice, and are looked at twice. */
  webhookTimersKnownMax: 20_000,
  /** Rooms whose timers a partition looks at side by side. */
  webhookTimersAtOnceMax: 8,
  /** Members who are known to have answered, by partition. Of the others the history is asked again. */
  webhookRepliesKnownMax: 20_000,
  /** Messages that are looked through for what somebody answers, or has not read. Past it: as far as was seen. */
  webhookMessagesLookedMax: 1_000,
  /** Minutes looked into by one reading of what is due. A service that was away for days needs some of those. */
  webhookMinutesPerReadMax: 128,
} as const;
