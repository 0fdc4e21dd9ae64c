import { limits } from "#shared/limits.ts";

/** How a session over WebSocket goes: paragraphs in which `backticks` mark code. */
export const socketRules: readonly string[] = [
  `Frames are JSON objects in text frames. The first must be \`connect\`, within ${limits.connectFrameWaitMsMax / 1_000} s. It is answered by \`connected\` with all the user's open rooms; then come, for each room named in \`resume\`, all missed events in order, or one \`room.gap\` where more than ${limits.resumeEventsMax} were missed: whole or not at all.`,
  "A client frame may carry `ref`; its answer carries the same. Frames and answers of one session may cross.",
  "From then on the session receives the events of all its user's open rooms without asking, its own included. Durable events carry `seq`, which has no holes: a client remembers the last one of each room and names it when it resumes, on whichever node.",
  `\`typing.start\` is told to the sessions of the room's other members, not to those of the typing user itself. Repeat it every ${limits.typingRepeatMs / 1_000} s while the user types: sooner repeats are not passed on, and without one \`typing.stopped\` comes after ${limits.typingExpiryMs / 1_000} s. A message of the user ends it too. \`typing.start\` and \`typing.stop\` are answered only where they carry a \`ref\` or are refused; they are never stored, and under load they are the first to be dropped.`,
  `\`presence.watch\` names all the users that the session wants to know about, at most ${limits.presenceWatchedMax}: it takes the place of the list before, and an empty one ends it. The answer's \`presence\` says how each stands, and \`presence.changed\` what changes from then on. A session may name anybody: of users with whom its own shares no open room it is told that they are offline, whether they exist or not. A new session names them again. A user goes offline ${limits.interestGraceMs / 1_000} s after its last socket, as most come right back.`,
  `A client that is silent for two heartbeats (\`heartbeatSeconds\`, now ${limits.heartbeatSeconds}) is taken for gone: any frame counts, \`ping\` is the smallest.`,
  "A node that is asked for too many new connections answers with an `error` of code `overloaded` that carries `retryAfterMs` (before it has read `connect`, so without its `ref`), and closes with 4003: wait so long, and then a random while more, before the next try.",
  "Close codes 4000–4499 mean: reconnect, with jitter. 4500–4999 mean: do not; the same token and client would meet the same end.",
];
