import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { WebSocket } from "ws";
import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { errorCatalogue } from "#shared/errors/catalogue.ts";
import type { Admission } from "#shared/http/admission.ts";
import type { RouteContext } from "#shared/http/routes.ts";
import type { Channel } from "#shared/inbox/channel.ts";
import { type Inbox, openInbox } from "#shared/inbox/inbox.ts";
import { limits } from "#shared/limits.ts";
import type { EventLog } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { ConnectFrame } from "#shared/protocol/frames.ts";
import type { IntentSink } from "#shared/protocol/intents.ts";
import { enginesReady } from "#shared/service/engines-ready.ts";
import type { Service } from "#shared/service/lifecycle.ts";
import type { Logger } from "#shared/service/logger.ts";
import type { Store } from "#shared/store/store.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { Presences } from "./presence/presences.ts";
import { registerPresence } from "./presence/routes.ts";
import { registerOwnSettings } from "./reads/own-settings.ts";
import { registerReads } from "./reads/routes.ts";
import { registerUnread } from "./reads/unread.ts";
import { Hub } from "./rooms/hub.ts";
import { Interests } from "./rooms/interests.ts";
import { RecentEvents } from "./rooms/recent-events.ts";
import { handleFrame } from "./session/handle-frame.ts";
import { handshake, joinRoom } from "./session/handshake.ts";
import { Resync } from "./session/resync.ts";
import { type Identity, Session } from "./session/session.ts";
import { ConnectRate } from "./socket/connect-rate.ts";
import { Connection, type ConnectionDeps } from "./socket/connection.ts";
import { drainSockets } from "./socket/drain.ts";
import { HandshakeSlots } from "./socket/handshake-slots.ts";
import { Refusals } from "./socket/refusals.ts";
import { registerSocket } from "./socket/route.ts";
import { startSweep } from "./socket/sweep.ts";
import { TenantSockets } from "./socket/tenant-sockets.ts";
import { registerTyping } from "./typing/routes.ts";
import { Signals } from "./typing/signals.ts";
import { Typing } from "./typing/typing.ts";

export interface GatewayDeps {
  readonly log: EventLog;
  readonly store: Store;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Takes what sockets send. */
  readonly sink: IntentSink;
  /** Whose token this is. Throws AppError unauthenticated, token_expired, token_revoked. */
  readonly identify: (token: string) => Promise<Identity>;
  readonly authority: Authority;
  readonly admission: Pick<Admission, "admitSignal" | "connectionFrames" | "connectionsMax">;
  readonly route: RouteContext;
}

interface GatewayConfig {
  /** New sockets taken in a second. */
  readonly connectsPerSecond: number;
}

export interface Gateway extends Service {
  /** Adds the socket and the read calls to an HTTP server, before it listens. */
  register(app: FastifyInstance): Promise<void>;
  /** Takes an open socket. */
  accept(socket: WebSocket): void;
}

/** Holds the sockets and answers reads. Keeps nothing that another gateway could not take over. */
export function createGateway(deps: GatewayDeps, { connectsPerSecond }: GatewayConfig): Gateway {
  const { log, store, topics, clock, logger } = deps;
  const metrics = createGatewayMetrics(deps.registry);
  const connections = new Set<Connection>();
  let inbox: Inbox | null = null;
  let stopSweep = () => {};
  let draining = false;
  const connectRate = new ConnectRate({ perSecond: connectsPerSecond, random: Math.random });
  const slots = new HandshakeSlots(connectRate, clock);
  const refusals = new Refusals(clock);
  const tenantSockets = new TenantSockets();

  const past = new RecentEvents({ store, metrics });
  const resync = new Resync(clock, connectsPerSecond);
  const hub = new Hub({ store, clock, metrics, logger, recent: past, resync }, join);
  const typing = new Typing({ ...deps, signals: new Signals({ log, topics, metrics }) });

  function join(session: Session, roomId: string, seq: number): void {
    joinRoom({ store, hub, past }, session, roomId, seq).catch((err: unknown) => {
      logger.warn({ err }, "could not add a room to a session; it reconnects");
      session.close("unavailable");
    });
  }

  function over(session: Session, roomId: string, again: number | null): void {
    hub.removeRoom(session, roomId);
    if (again !== null) join(session, roomId, again);
  }

  const interests = new Interests(
    { ...deps, leaving },
    () => {
      if (inbox === null) throw new AppError("service_unavailable", "This gateway is not ready.");
      return inbox;
    },
    ({ tenantId, channel, id }) => {
      if (channel === "room") hub.forget(tenantId, id);
      if (channel === "presence") presences.forget(tenantId, id);
    },
  );
  const presences = new Presences({ store, interests, clock, logger });
  hub.use(interests, presences);
  const frameDeps = { ...deps, typing, presences };

  /** A user's last session here has ended, and not come back. */
  async function leaving({ tenantId, channel, id }: Channel, atMs: number): Promise<void> {
    if (channel === "user") await store.setLastSeen([{ tenantId, userId: id, at: rfc3339(atMs) }]);
  }

  async function connect(connection: Connection, frame: ConnectFrame): Promise<Session> {
    const release = slots.take();
    const stop = metrics.handshakeSeconds.startTimer();
    const cancel = clock.after(limits.handshakeMsMax, () => {
      connection.close("slow_reader");
      connection.terminate();
    });
    try {
      const session = new Session(await deps.identify(frame.token), connection, over);
      // Nobody would end the session of a socket that has gone meanwhile.
      if (connection.isOver) throw new AppError("draining", "The socket has gone.");
      tenantSockets.enter(session.tenantId, deps.admission.connectionsMax(session.tenantId));
      connection.session = session;
      makeSpace(hub.sessionsOf(session.tenantId, session.userId));
      await handshake({ store, hub, past }, session, frame);
      metrics.sessions.inc();
      return session;
    } finally {
      cancel();
      release();
      stop();
    }
  }

  const connectionDeps: ConnectionDeps = {
    clock,
    framesMax: deps.admission.connectionFrames,
    connect,
    handle: (session, frame) => handleFrame(frameDeps, session, frame),
    gone: (connection) => {
      connections.delete(connection);
      metrics.sockets.set(connections.size);
      const { session } = connection;
      if (session === null) return;
      tenantSockets.leave(session.tenantId);
      if (session.live) metrics.sessions.dec();
      session.ended = true;
      typing.leaves(session);
      session.watching?.end();
      hub.removeSession(session);
      metrics.channels.set(interests.size);
    },
    count: (type, outcome) => metrics.frames.inc({ type, outcome }),
    signalDropped: () => metrics.droppedSignals.inc(),
    closing: (reason) => metrics.closes.inc({ reason }),
    log: (error, requestId) => {
      const level = errorCatalogue[error.code].logLevel;
      // What a caller did wrong is said by the code; the place in the program says nothing about it.
      const isOurs = level === "warn" || level === "error";
      logger[level](
        { ...(isOurs ? { err: error.cause } : {}), code: error.code, requestId },
        "frame refused",
      );
    },
  };

  function assertOpen(): void {
    if (draining) throw new AppError("draining");
    if (connections.size >= limits.socketsMax) throw new AppError("overloaded");
  }

  function accept(socket: WebSocket): void {
    const retryAfterMs = connectRate.take(clock.nowMs());
    if (retryAfterMs !== null) {
      metrics.closes.inc({ reason: "overloaded" });
      refusals.refuse(socket, new AppError("overloaded", undefined, { retryAfterMs }));
      return;
    }
    connections.add(new Connection(socket, connectionDeps));
    metrics.sockets.set(connections.size);
  }

  return {
    name: "gateway",
    accept,
    async register(app) {
      await registerSocket(app, { assertOpen, accept });
      registerReads(app, store, deps.route);
      registerUnread(app, store, deps.route);
      registerOwnSettings(app, store, deps.route);
      registerTyping(app, typing, deps.route);
      registerPresence(app, { presences, store }, deps.route);
    },
    async start() {
      inbox = await openInbox({ log, topics, service: "gateway", receive: (items) => hub.receive(items) });
      interests.start();
      stopSweep = startSweep(clock, connections, metrics);
    },
    async drain() {
      draining = true;
      await drainSockets(clock, connections);
    },
    async stop() {
      draining = true;
      stopSweep();
      refusals.stop();
      resync.stop();
      hub.stop();
      for (const connection of connections) connection.close("draining");
      await interests
        .stop()
        .catch((err: unknown) => logger.warn({ err }, "could not end this gateway's interests"));
      await inbox?.stop();
    },
    async ready() {
      if (inbox === null) throw new Error("The inbox is not open yet.");
      if (draining) throw new Error("The gateway is draining.");
      await enginesReady({ log, store });
    },
  };
}

/** A user has so many sockets only when most are dead and not noticed yet: the longest silent makes way. */
function makeSpace(sessions: readonly Session[]): void {
  if (sessions.length < limits.socketsPerUserMax) return;
  const [silent] = [...sessions].sort((a, b) => a.lastHeardMs - b.lastHeardMs);
  silent?.close("replaced");
}
