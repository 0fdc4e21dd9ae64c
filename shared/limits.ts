import { messageLimits } from "./message-limits.ts";
import { roomLimits } from "./room-limits.ts";
import { webhookLimits } from "./webhook-limits.ts";

/**
 * Every bound of the product, with its unit in its name, why it has that value, and what happens past it.
 * A queue, body, wait or cache without a line here is a bug.
 */
export const limits = {
  ...messageLimits,
  ...roomLimits,
  /** Ids are the customer's own strings; 128 fits any UUID, e-mail-like or composite key. Past it: 400. */
  idCharsMax: 128,

  /** One REST body. The largest legal one is a room with 1,000 members (~170 KB). Past it: 413. */
  requestBodyBytesMax: 262_144,
  /** One WebSocket frame: a message with every field full fits, with resume maps of 1,000 rooms. Past it: close 1009. */
  frameBytesMax: 262_144,
  /** Path and query of one request. Past it: 414. */
  requestUrlBytesMax: 8_192,
  /** All headers of one request, the request line included; Node's own default. Past it: 431. */
  requestHeaderBytesMax: 16_384,
  /** Time to receive the headers, and the whole request. Past it: 408, and the connection ends. */
  requestHeadersWaitMsMax: 10_000,
  requestReceiveMsMax: 30_000,
  /** An idle connection is kept a little longer than the 60 s of common balancers, which then close it first. */
  keepAliveMsMax: 75_000,

  /** Nesting of any JSON that comes in: no schema needs more than 6; `custom` gets the rest. Past it: 400. */
  jsonDepthMax: 32,
  /** An internal batch from a gateway to ingest. The gateway never sends more. */
  commandBatchBytesMax: 4_194_304,
  /** Commands in such a batch: one produce of this many keeps its latency in milliseconds. */
  commandBatchMax: 500,

  /** Page sizes of every list. Past it: 400. */
  pageItemsDefault: 50,
  pageItemsMax: 100,

  /** Members named in one PUT of a room; more are added one by one. Past it: 400. */
  roomPutMembersMax: 1_000,
  /** Members shown inside a single room's resource; the rest by the members list. */
  roomResourceMembersMax: 100,

  /** Ids of a room's newest messages kept in memory to recognise a repeat; older ones are looked up in the store. */
  recentMessageIdsMax: 256,
  /** Whom a user blocks: kept with it in each room, and written there with its own messages. Past it: 409. */
  userBlocksMax: 200,
  /** How far a user can set itself back: who sent what in between is counted at once. Past it: as far as this. */
  unreadBackMessagesMax: 1_000,
  /** Rooms whose state the owner of a partition keeps in memory; the least recently used are loaded again. */
  laneRoomsCachedMax: 5_000,
  /** Records a partition's lane holds before its consumer stops fetching. */
  laneRecordsMax: 2_000,
  /** Records applied between two commits to the store and the log: bounds what a crash replays. */
  laneBatchRecordsMax: 500,

  /** A record of any topic; above the largest command, below Kafka's 1 MiB default. */
  recordBytesMax: 786_432,
  /** Records waiting for the produce in flight, per topic. Past it: 503 overloaded. */
  appendQueueRecordsMax: 20_000,
  /** One produce request. */
  appendBatchRecordsMax: 1_000,
  /** Its characters, of up to three bytes each: below the 1 MiB that Kafka takes for a partition. A larger append is several requests. */
  appendBatchCharsMax: 262_144,
  /** A produce that has no answer after this is of unknown outcome: 503, and the repeat is harmless. */
  appendWaitMsMax: 10_000,
  /** A volatile topic of the embedded log keeps so many per partition. Past it a reader that is behind skips the oldest. */
  volatileRecordsMax: 20_000,
  volatileCharsMax: 4_194_304,
  /** The end of every durable partition is also in memory, so that a reader that keeps up never reads the file. */
  recentRecordsMax: 1_000,
  recentCharsMax: 524_288,
  /** Records that wait for the next commit hold this many characters at most. Past it: 503 overloaded. */
  appendQueueCharsMax: 67_108_864,
  /** Rows of one read from the file; a batch is several of them. */
  logPageRecordsMax: 100,
  /** Characters in one batch given to a handler; it holds one record at least. */
  laneBatchCharsMax: 4_194_304,
  /** Characters of one topic that a partition's lane holds before its consumer stops fetching. */
  laneCharsMax: 8_388_608,
  /** Pause before a batch that failed is given again: doubled each time from the first to the second, with jitter. */
  laneRetryMsMin: 50,
  laneRetryMsMax: 5_000,
  /**
   * Tries of a batch before its records are tried one at a time, and of such a record before it is a dead letter. With
   * the pauses above a record that always fails holds its partition up for some twenty seconds.
   */
  poisonTriesMax: 5,
  /** Base64 of one record of `dead-letters`, below `recordBytesMax` with all else in it. A larger value is several. */
  deadLetterPartCharsMax: 524_288,
  /** What it says of the error, and of the key. Past it: cut. */
  deadLetterErrorCharsMax: 1_000,
  deadLetterKeyCharsMax: 1_024,
  /** Reading all dead letters for an operator, less than an edge waits. Past it: 503. */
  deadLettersReadMsMax: 12_000,
  /** Operators' readings that wait for the one under way. Past it: 503 overloaded. */
  deadLettersReadsWaitingMax: 10,
  /** Offsets of a group are committed this often: bounds what is given again after a crash. */
  offsetCommitMs: 250,
  /** The embedded log removes what is past its retention in slices, so that no append waits long. */
  retentionSliceRecords: 500,
  retentionSliceMs: 100,
  /**
   * Kafka takes a member of a group for dead after this long without a heartbeat: bounds how long its rooms stand still.
   * The least that brokers take unless told otherwise (`group.min.session.timeout.ms`), and thirty heartbeats.
   */
  groupSessionMs: 6_000,
  /** A member that was not confirmed for this long begins nothing: well before its session ends by the broker's clock, which may run faster. */
  groupSureMsMax: 5_000,
  /** How often a member says that it lives, and so how soon it learns that another has come or gone: nobody reads until all have. */
  groupHeartbeatMs: 200,
  /** The group waits this long for its members to join anew. Past it those that are missing are out. */
  groupRebalanceMsMax: 30_000,
  /** Before it joins anew a member waits this long for the batches in hand; what still runs then is fenced by log positions. */
  groupHandoverMsMax: 5_000,
  /** A fetch waits this long for records that are not there: bounds how long a seek, pause or resume takes to act. */
  fetchWaitMsMax: 100,
  /** One fetch, of all partitions and of one. */
  fetchBytesMax: 10_485_760,
  fetchPartitionBytesMax: 1_048_576,
  /** A consumer that is behind the end and got nothing over so many checks holds a partition without reading it. It is made anew. */
  stallCheckMs: 5_000,
  stallChecksMax: 3,
  /** What was to be replayed may be gone before it is read. When nothing comes for so long, all of it was. */
  replayIdleMs: 3_000,
  /** Partitions without a leader get one in this time, or the call fails. */
  leaderWaitMsMax: 5_000,
  /** Pause before a consumer that crashed is made anew: doubled each time, with jitter. */
  consumerRestartMsMin: 200,
  consumerRestartMsMax: 10_000,
  /**
   * Tries of a consumer, a second apart, before it is made anew: longer than a broker takes to come back, as a new
   * member has to wait until the old one's session has run out.
   */
  consumerRetriesMax: 60,
  /** The same warning of the Kafka client is logged once in this time, and on debug otherwise. */
  repeatedLogMs: 10_000,
  /** Warnings remembered for that. Past it all are forgotten. */
  repeatedLogMessagesMax: 100,
  /** A log that does not answer in this time is not ready. */
  pingMsMax: 2_000,
  /** After a start the embedded log removes nothing for so long: groups that come back first say what they have yet to read. */
  retentionDelayMs: 60_000,
  /** A tombstone is kept this long, for readers to learn that the key has ended. Kafka's default is a day as well. */
  tombstoneKeepMs: 86_400_000,

  /** A REST write waits this long for its command to be applied before it answers 202. */
  appliedWaitMsMax: 2_000,
  /** REST writes that wait for their command. Past it: 503 overloaded. */
  appliedWaitersMax: 10_000,

  /** SQLite's page cache in an embedded deployment: the ends of all partitions and the rooms in use. */
  databaseCacheKibibytes: 65_536,
  /** Pages in SQLite's write-ahead log before they are copied into the file, which holds the process up: 32 MiB. */
  databaseCheckpointPages: 8_000,

  /** Remakings of the log that versions of rows have room for (2^53 / 2^44). Past it: an assertion at the first write. */
  epochMax: 510,
  /** Requests one node has under way in Cassandra: past some hundred, more in flight is only more waiting. */
  storeRequestsInFlightMax: 512,
  /** Requests waiting for one of those. Past it: 503 overloaded. */
  storeRequestsWaitingMax: 50_000,
  /** One try of one request. Past it the next replica is asked; every statement is idempotent. */
  storeRequestMsMax: 2_000,
  /** A request unanswered this long is also sent to another replica: far above the usual, far below the bound. */
  storeSpeculateMs: 300,
  /** A call of the store, retries and all. Past it: 503 store_unavailable, outcome unknown, a repeat is harmless. */
  storeCallMsMax: 6_000,
  /** The first connection, and a ping: readiness must know soon. Past it: 503 store_unavailable. */
  storeConnectMsMax: 2_000,
  /** Pause before a node of Cassandra that went away is tried again: doubled each time, with jitter. */
  storeReconnectMsMin: 250,
  storeReconnectMsMax: 2_000,
  /** Rows of one partition that go in one request; more go in several. Keeps a request small for its coordinator. */
  storeBatchRowsMax: 100,
  /** Bytes of such a request; one larger row goes alone. */
  storeBatchBytesMax: 262_144,
  /** Bytes of rows and head that go in one request. Cassandra warns of batches over several partitions from 5 KiB on. */
  storeLooseBatchBytesMax: 4_608,
  /** Members' rows written atomically with the room's head. Past it: the first of them go ahead of it on their own. */
  storeHeadMembersMax: 5_000,
  /** Parallel reads within one call, such as a user's 1,000 heads: a share of the requests in flight. */
  storeReadsPerCallMax: 64,
  /** Durable events are kept this long for catch-up, then forgotten; the messages stay. */
  eventRetentionSeconds: 2_592_000,

  /** What changed access is kept this long: a year, and time to look into it. */
  auditRetentionSeconds: 34_560_000,

  /** A socket's unsent bytes. Past it the reader is slow and is closed with 4001 (Centrifugo's default is 1 MiB too). */
  outboxBytesMax: 1_048_576,
  /** A socket with more unsent bytes goes without typing, presence and other signals: they would be old when they came. */
  outboxSignalBytesMax: 65_536,
  /** Events held for a session while its missed ones are read. Past it: closed with 4004, to resume anew. */
  handshakeBufferEventsMax: 1_000,
  /** Missed events a resume delivers per room; more is a room.gap. */
  resumeEventsMax: 500,
  /** Events kept for clients that come back, of a gateway and of a room; past it of silent rooms none, and the oldest. */
  recentEventsBytesMax: 8_388_608,
  recentRoomBytesMax: 262_144,
  /** Rooms that are closed, or left, of which a session keeps where its client stands; past it the oldest is dropped. */
  resumeRoomsMax: 1_000,
  /** Time for the first frame. Past it: close 4005. */
  connectFrameWaitMsMax: 5_000,
  /** A client that has been silent for two of these is gone: close 4002. */
  heartbeatSeconds: 25,
  /** Sockets of one gateway. Past it: the upgrade is refused with 503. */
  socketsMax: 50_000,
  /** Sockets of one user on one gateway: phones, tablets and tabs. Past it the longest silent is closed with 4009. */
  socketsPerUserMax: 20,
  /**
   * Handshakes that a gateway works on at a time, each reading a user's rooms: more would only wait for each other, and
   * on a machine that is short of time for longer than their clients do, so that all its work would be for none. Past
   * it: `overloaded` with `retryAfterMs`, close 4003. How many new sockets it takes in a second is an option.
   */
  handshakesInFlightMax: 128,
  /**
   * Time of one of them, until the client has most of what it missed. Past it: close 4001, as a client that reads nothing
   * would keep the place from others.
   */
  handshakeMsMax: 30_000,
  /** A client that is sent away at its connect is told to wait between these, before jitter of half either way. */
  connectRetryMsMin: 500,
  connectRetryMsMax: 30_000,
  /** Sockets sent away at their connect that have not closed yet. Past it the next are cut off without a word. */
  refusedSocketsMax: 1_000,
  /** Time for such a socket to read why. Past it the connection is cut. */
  refusedSocketMsMax: 3_000,
  /** Frames of one socket being worked on. Past it: rate_limited. */
  framesInFlightMax: 64,

  /** A gateway keeps its interest in a channel this long after its last session left, as most come right back. */
  interestGraceMs: 10_000,
  /** A gateway whose interest was not acknowledged by then refuses the session with a reconnectable close. */
  interestAckWaitMsMax: 10_000,
  /** An interest that is not acknowledged is said again to its owner at most this often, however many come for it. */
  interestRepeatMs: 1_000,
  /** A new owner tells inboxes where their rooms stand in parts of so many, one at a time on a node: each may be a read. */
  headsToldBatchMax: 200,
  /** How often a gateway says that it is alive. */
  inboxHeartbeatMs: 5_000,
  /** Fanout forgets an inbox that was silent this long. */
  inboxSilenceMsMax: 20_000,
  /** One record of `deliveries`. */
  deliveryItemsMax: 500,

  /** Clients are told to repeat that their user types this often. */
  typingRepeatMs: 3_000,
  /** A repeat that comes sooner is not passed on: a little below what is told, as repeats arrive unevenly. */
  typingRepeatMsMin: 2_500,
  /** Without a repeat nobody types longer than this: two repeats, of which one may be lost. */
  typingExpiryMs: 6_000,
  /** Users whose typing one gateway shows at a time. Past it those who begin are not shown. */
  typersMax: 20_000,
  /** Rooms in which one session remembers to be typing. Past it repeats in the oldest are passed on too soon. */
  typingRoomsMax: 20,
  /** Typing, and questions about presence, of one user in a window, per gateway: ten times the need. Past it: 429. */
  rateUserSignalsMax: 100,
  rateUserSignalsWindowSeconds: 10,
  /** Signals of one gateway on their way to the log. Past it they are dropped, as the log is behind. */
  signalsInFlightMax: 1_000,
  /** Batches of signals that one partition's owner has on their way to inboxes. Past it they are dropped. */
  signalBatchesInFlightMax: 8,

  /** Users of whom one session wants to know whether they are online: what its screens show. Past it: 400. */
  presenceWatchedMax: 200,
  /** Users of whom all sessions of a gateway want to know that. Past it: 503 overloaded. */
  presenceUsersMax: 100_000,
  /** What a session may see of others is judged anew this long after a change of its rooms: for all changes of that time. */
  presenceRecheckMs: 1_000,

  /** Answers about membership, tokens and keys may be this old in ingest and the gateways. */
  authorityCacheMs: 1_000,
  /** A tenant's settings are waited for this long, once for each time that the store is asked; then those that were known stand in, as for a store that is away. */
  settingsWaitMsMax: 100,
  /** Entries of each such cache. */
  authorityCacheEntriesMax: 50_000,

  /** A session token as text. Past it: 401. */
  tokenCharsMax: 4_096,
  /** The clocks of two nodes may differ by this much when a token's times are judged. */
  tokenClockToleranceSeconds: 5,
  /** Public keys are fetched again when they are this old, and at most this often for a key id that is unknown. */
  jwksAgeMsMax: 600_000,
  jwksRefetchMsMin: 5_000,
  /** One such fetch. Past it: 503. */
  jwksFetchMsMax: 5_000,
  /** Windows in which requests are counted; how many fit is an option. Past it: 429 until the window ends. */
  rateUserSendsWindowSeconds: 10,
  rateTenantRequestsWindowSeconds: 1,
  rateAuthFailuresWindowSeconds: 1,
  rateConnectionFramesWindowSeconds: 10,
  /** A client of a tenant that has all the sockets it may have, is told to come back after this. */
  tenantSocketsRetryMs: 5_000,
  /** What an operator may allow one tenant in such a window, whatever the options say. Past it: 400. */
  rateOfTenantMax: 1_000_000,

  /** Intents of one gateway that wait for or are on their way to the log. Past it: overloaded. */
  intentQueueMax: 20_000,
  /** Calls in flight from one gateway to ingest, each with its own rooms, so that a room's order is kept. */
  intentCallLanes: 8,
  /** The same within one process, where a lane costs nothing: a slow look at one room holds up few others. */
  intentLocalLanes: 64,
  /** One such call, tries again included: a little more than an append may take. Past it: service_unavailable, outcome unknown. */
  intentCallMsMax: 12_000,
  /** One try of it. A node that was stopped or cut off says nothing: past this the next one is asked. */
  intentTryMsMax: 4_000,
  /** While every ingest node fails, a call pauses so long between its tries: doubled each time. */
  intentRetryMsMin: 50,
  intentRetryMsMax: 1_000,
  /** An ingest node that refused is left alone this long, doubled each time it does so again: it may be starting. */
  ingestRestMsMin: 125,
  ingestRestMsMax: 1_000,
  /** One that said nothing. Every try of it holds up the rooms of one call for `intentTryMsMax`. */
  ingestSilentRestMs: 15_000,
  /** A gateway looks this often whether the file that lists its ingest nodes has changed. */
  ingestListPollMs: 250,
  /** Ingest nodes in that list. Past it, it is refused and the one before goes on. */
  ingestListNodesMax: 1_000,

  ...webhookLimits,

  /** A partition whose owner has not come to its end for this long stalls or lags: a hand-over takes less. Past it the node is not ready. */
  readyDelayMsMax: 15_000,
  /** A readiness check. Past it the node is not ready. */
  readyCheckMsMax: 3_000,
  /** Ending what is left after the drain: connections, handles, files. Past it: a forced end. */
  stopMsMax: 5_000,

  /** Session tokens. Short, as they cannot be taken back before a revocation is seen. */
  tokenTtlSecondsDefault: 3_600,
  tokenTtlSecondsMin: 30,
  tokenTtlSecondsMax: 86_400,

  /** Connections that the cluster's edge keeps to one node; past it requests wait for one. */
  edgeSocketsMax: 512,
  /** A node that takes no connection in this time is passed over. Those on one machine take theirs at once. */
  edgeConnectMsMax: 2_000,
  /** The edge gives up on a node's answer after this: 503. Longer than any call waits. */
  edgeAnswerMsMax: 15_000,

  /** Time from SIGTERM to a forced end. */
  drainMsMax: 15_000,
  /** Sockets closed per slice of a drain, a slice every 100 ms: others take them without a storm. */
  drainSliceSockets: 200,
  /** A peer has this long to answer the close of its socket. Past it the connection is cut. */
  drainAnswerMsMax: 3_000,
} as const;
