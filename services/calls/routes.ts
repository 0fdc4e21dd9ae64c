import type { FastifyInstance } from "fastify";
import type { Authority } from "#shared/auth/authority.ts";
import type { TenantCaller } from "#shared/auth/caller.ts";
import { assertMay } from "#shared/auth/may.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Applied, Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { answer, type RouteContext, registerOperation } from "#shared/http/routes.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallAnswer } from "#shared/protocol/calls.ts";
import type { CallCommand } from "#shared/protocol/commands.ts";
import { newCallId } from "#shared/protocol/ids.ts";
import { maskingIn } from "#shared/protocol/masking.ts";
import { operations } from "#shared/protocol/operations.ts";
import type { Store } from "#shared/store/store.ts";
import { callsAfter, cursorOf } from "./cursor.ts";
import type { LiveKitRegions } from "./livekit/regions.ts";
import { livekitRoomOf } from "./livekit/room-name.ts";
import type { CallGuest } from "./livekit/tokens.ts";
import { startCall } from "./start-call.ts";

export interface CallRoutes extends RouteContext {
  readonly store: Pick<Store, "readCall" | "readCalls" | "readCallOf" | "readMembers">;
  readonly commands: Commands;
  readonly authority: Authority;
  readonly clock: Clock;
  readonly regions: LiveKitRegions;
}

/** The answer of what is durable and not known to be applied. */
const applying = answer(202, { accepted: true as const });

export function registerCalls(app: FastifyInstance, context: CallRoutes): void {
  const { store, commands, authority, clock, regions } = context;

  const envelope = ({ tenantId, kind, userId }: TenantCaller, roomId: string) => ({
    v: 1 as const,
    tenantId,
    roomId,
    at: rfc3339(clock.nowMs()),
    actor: { kind, userId },
  });

  /** Where a call is, to one who is in its room. Its own word about the call is the room's. */
  async function find(caller: TenantCaller, callId: string) {
    const found = await store.readCall(caller.tenantId, callId);
    if (found === null) throw new AppError("call_not_found");
    await assertIn(caller, found.roomId);
    return found;
  }

  /** Of the room a user must be a member, whoever speaks for it. */
  async function assertIn({ tenantId, userId }: TenantCaller, roomId: string): Promise<void> {
    if (userId === null) await authority.room(tenantId, roomId);
    else await authority.membership(tenantId, roomId, userId);
  }

  /** Who may end a call may record it, where the tenant lets calls be recorded. */
  async function assertRecords({ tenantId, userId, kind }: TenantCaller, roomId: string): Promise<void> {
    if (kind === "client")
      assertMay("call.end", await authority.membershipNow(tenantId, roomId, userId ?? ""));
    if (!(await authority.settings(tenantId)).callRecording) throw new AppError("recording_disabled");
  }

  async function ask(
    caller: TenantCaller,
    callId: string,
    commandOf: (place: ReturnType<typeof envelope> & { callId: string }) => CallCommand,
    before: (call: Call) => Promise<void> = async () => {},
  ): Promise<Call | null> {
    const { roomId, row } = await find(caller, callId);
    await before(row.call);
    // By whichever id it is asked for, in the room it has its own.
    const place = { ...envelope(caller, roomId), callId: row.call.callId };
    return callIn(await commands.apply(commandOf(place)));
  }

  async function withAccess(call: Call, guest: CallGuest): Promise<CallAnswer> {
    if (call.state === "ended") return { call, livekit: null };
    return { call, livekit: await regions.of(call.region).tokens.accessTo(call, guest) };
  }

  registerOperation(app, operations.startCall, {
    ...context,
    handle: async ({ params: { roomId }, body }, caller) => {
      await assertIn(caller, roomId);
      const settings = await authority.settings(caller.tenantId);
      if (!settings.calls) throw new AppError("calls_disabled");
      if (body.region !== undefined && regions.find(body.region) === null) {
        throw new AppError("invalid_request", undefined, {
          details: [{ path: "/region", message: "is none of this deployment" }],
        });
      }
      const { kind, callId = newCallId(), ringSeconds = limits.callRingSecondsDefault, invite } = body;
      const { custom = null } = body;
      assertCustomFits(custom, "/custom");
      const outcome = await startCall(
        { store, commands, regions },
        {
          ...envelope(caller, roomId),
          type: "call.start",
          callId,
          kind,
          custom,
          region: body.region ?? settings.callRegion,
          ringSeconds,
          leavesMessage: settings.callMessages,
          ...maskingIn(settings.masking, roomId),
          ...(invite === undefined ? {} : { invite }),
        },
      );
      const call = callIn(outcome);
      if (call === null) return applying;
      const given = await withAccess(call, guestOf(caller));
      return outcome?.result === "created" ? answer(201, given) : answer(200, given);
    },
  });

  registerOperation(app, operations.acceptCall, {
    ...context,
    handle: async ({ params: { callId } }, caller) => {
      const call = await ask(
        caller,
        callId,
        (place) => ({ ...place, type: "call.accept" }),
        async (now) => {
          if (now.state !== "ended") await regions.open(caller.tenantId, now);
        },
      );
      return call === null ? applying : answer(200, await withAccess(call, guestOf(caller)));
    },
  });

  registerOperation(app, operations.declineCall, {
    ...context,
    handle: async ({ params: { callId }, body: { busy = false } }, caller) =>
      told(await ask(caller, callId, (place) => ({ ...place, type: "call.decline", busy }))),
  });

  registerOperation(app, operations.cancelCall, {
    ...context,
    handle: async ({ params: { callId } }, caller) =>
      told(await ask(caller, callId, (place) => ({ ...place, type: "call.cancel" }))),
  });

  registerOperation(app, operations.leaveCall, {
    ...context,
    handle: async ({ params: { callId } }, caller) =>
      told(await ask(caller, callId, (place) => ({ ...place, type: "call.leave" }))),
  });

  registerOperation(app, operations.endCall, {
    ...context,
    handle: async ({ params: { callId }, body: { failed = false } }, caller) =>
      told(await ask(caller, callId, (place) => ({ ...place, type: "call.end", failed }))),
  });

  registerOperation(app, operations.reportCallQuality, {
    ...context,
    handle: async ({ params: { callId }, body }, caller) =>
      told(await ask(caller, callId, (place) => ({ ...place, ...body, type: "call.quality" }))),
  });

  registerOperation(app, operations.recordCall, {
    ...context,
    handle: async ({ params: { callId } }, caller) => {
      const { roomId, row } = await find(caller, callId);
      const { call } = row;
      await assertRecords(caller, roomId);
      if (call.state === "ended") throw new AppError("call_ended");
      if (call.state === "ringing") throw new AppError("call_conflict", "Nobody has answered the call yet.");
      if (call.recordings.some(({ state }) => state === "active")) {
        throw new AppError("call_conflict", "The call is being recorded.");
      }
      const { server } = regions.of(call.region);
      const name = livekitRoomOf(caller.tenantId, call.callId);
      const recordingId = await server.record(name, { isVideo: call.kind === "video" });
      if (recordingId === null) throw new AppError("call_conflict", "Nobody is in the call's LiveKit room.");
      const place = { ...envelope(caller, roomId), callId: call.callId };
      try {
        return told(callIn(await commands.apply({ ...place, type: "call.record", recordingId })));
      } catch (error) {
        // Nobody would know of it.
        await server.stopRecording(recordingId);
        throw error;
      }
    },
  });

  registerOperation(app, operations.stopRecording, {
    ...context,
    handle: async ({ params: { callId } }, caller) => {
      const { roomId, row } = await find(caller, callId);
      const { call } = row;
      await assertRecords(caller, roomId);
      const active = call.recordings.find(({ state }) => state === "active");
      if (active === undefined) throw new AppError("call_conflict", "The call is not being recorded.");
      await regions.of(call.region).server.stopRecording(active.recordingId);
      return answer(200, call);
    },
  });

  registerOperation(app, operations.renewCallToken, {
    ...context,
    handle: async ({ params: { callId } }, caller) => {
      const { roomId, row } = await find(caller, callId);
      const { call } = row;
      const userId = caller.userId ?? "";
      const now = await authority.membershipNow(caller.tenantId, roomId, userId);
      const isObserver = now.member.role === "observer";
      if (!isObserver) assertMay("call.join", now);
      if (call.state === "ended") throw new AppError("call_ended");
      const isIn = call.participants.some((one) => one.userId === userId && one.state === "joined");
      if (!isObserver && !isIn)
        throw new AppError("call_conflict", "The user is not in the call: accept it.");
      await regions.open(caller.tenantId, call);
      return answer(200, await withAccess(call, { ...guestOf(caller), isObserver }));
    },
  });

  registerOperation(app, operations.getCall, {
    ...context,
    handle: async ({ params: { callId } }, caller) => answer(200, (await find(caller, callId)).row.call),
  });

  registerOperation(app, operations.listCalls, {
    ...context,
    handle: async ({ params: { roomId }, query: { limit = limits.pageItemsDefault, cursor } }, caller) => {
      await assertIn(caller, roomId);
      const rows = await store.readCalls(caller.tenantId, roomId, {
        ...callsAfter(cursor),
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const next = rows.length > limit ? cursorOf(shown.at(-1)) : null;
      return answer(200, { items: shown.map(({ call }) => call), next });
    },
  });
}

function guestOf({ tenantId, userId }: TenantCaller): CallGuest {
  return { tenantId, userId: userId ?? "", isObserver: false };
}

function callIn(outcome: Applied): Call | null {
  return (outcome?.resource ?? null) as Call | null;
}

function told(call: Call | null) {
  return call === null ? applying : answer(200, call);
}
