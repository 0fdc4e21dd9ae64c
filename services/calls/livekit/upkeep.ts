import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallParticipant } from "#shared/protocol/calls.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { Store } from "#shared/store/store.ts";
import type { CallsMetrics } from "../metrics.ts";
import type { CallRecordings } from "./recordings.ts";
import type { LiveKitRegions, Region } from "./regions.ts";
import { livekitRoomOf } from "./room-name.ts";
import type { Attendee, Recorded } from "./server.ts";

export interface UpkeepDeps {
  readonly regions: LiveKitRegions;
  readonly recordings: Pick<CallRecordings, "look" | "tell">;
  readonly store: Pick<Store, "readCall" | "readMembers">;
  readonly commands: Pick<Commands, "append">;
  readonly authority: Pick<Authority, "revokedBeforeMs">;
  readonly clock: Clock;
  readonly metrics: CallsMetrics;
}

/** What earlier looks at a call have shown, by identity: who was there, and since when somebody is not. */
export interface Sightings {
  readonly seen: Set<string>;
  readonly absentSinceMs: Map<string, number>;
}

export function noSightings(): Sightings {
  return { seen: new Set(), absentSinceMs: new Map() };
}

/** What a LiveKit server says to have happened. */
export interface Said {
  /** An identity, or everybody. */
  readonly gone: string | "everybody" | null;
  /** Who is gone was not to go, or it is not said why. */
  readonly isLost: boolean;
  /** A recording that is over. */
  readonly recorded: Recorded | null;
  /** Of those that this server serves. */
  readonly by: readonly Region[];
}

interface Leaver extends Pick<CallParticipant, "userId" | "identity"> {
  /** It is not known to have wanted to. */
  readonly lost: boolean;
}

/** Members of a room that are looked through for observers, where somebody is hidden in its call. */
const memberPagesMax = 10;

/**
 * Holds a call against its LiveKit room and sets both right: the call says who may be there, LiveKit who is. It begins
 * with both as they are now, so it may be done whenever something may have happened, as often as one likes, by any node.
 *
 * @returns whether there is more to look after: the call runs, or is still being recorded.
 * @throws AppError livekit_unavailable, store_unavailable, log_unavailable: nothing is known then.
 */
export class CallUpkeep {
  readonly #deps: UpkeepDeps;

  constructor(deps: UpkeepDeps) {
    this.#deps = deps;
  }

  async look(
    tenantId: string,
    callId: string,
    sightings: Sightings = noSightings(),
    said: Said | null = null,
  ): Promise<boolean> {
    const { regions, store, metrics } = this.#deps;
    const found = await store.readCall(tenantId, callId);
    if (found === null || found.row.call.callId !== callId) return false;
    const { roomId } = found;
    const { call } = found.row;
    const name = livekitRoomOf(tenantId, callId);
    const { region } = call;
    const heard = said?.by.includes(region) === true ? said : null;
    if (heard !== null && heard.recorded !== null) {
      await this.#deps.recordings.tell(tenantId, call, heard.recorded);
    }
    if (call.state === "ended") {
      await regions.close(tenantId, call);
      return !(await this.#deps.recordings.look(tenantId, call));
    }
    const server = regions.find(region)?.server;
    // Of a server that the deployment has no more nothing is known: the call's times end it, and what records it.
    if (server === undefined) return false;
    const attendees = await server.attendees(name);
    // Nobody is on the way to a room that LiveKit has closed, or lost with all who were in it.
    const isOpen = call.state === "ringing" || attendees.length > 0 || (await server.sizes([name])).has(name);
    const left = await this.#whoLeft(tenantId, call, attendees, { sightings, heard, isOpen });
    metrics.corrections.inc({ what: "left" }, left.length);
    const place = { v: 1, tenantId, roomId, at: rfc3339(this.#deps.clock.nowMs()), callId } as const;
    const told = [
      ...newsOf(call, attendees).map((news) => ({ ...place, type: "call.connected", ...news }) as const),
      ...left.map(({ userId, lost }) => ({ ...place, type: "call.leave", actor: by(userId), lost }) as const),
    ];
    if (told.length > 0) await this.#deps.commands.append(told);
    for (const { identity } of await this.#strangers(tenantId, roomId, call, attendees, left)) {
      metrics.corrections.inc({ what: "removed" });
      await server.remove(name, identity);
    }
    await this.#deps.recordings.look(tenantId, call);
    return true;
  }

  /** Those who are in the call and not in its room any more, or may not be. */
  async #whoLeft(
    tenantId: string,
    call: Call,
    attendees: readonly Attendee[],
    {
      sightings: { seen, absentSinceMs },
      heard,
      isOpen,
    }: { readonly sightings: Sightings; readonly heard: Said | null; readonly isOpen: boolean },
  ): Promise<Leaver[]> {
    const nowMs = this.#deps.clock.nowMs();
    const gone = heard?.gone ?? null;
    const left: Leaver[] = [];
    for (const one of call.participants.filter(({ state }) => state === "joined")) {
      const { identity, userId, joinedAt } = one;
      const there = attendees.find((attendee) => attendee.identity === identity);
      if (there !== undefined) {
        seen.add(identity);
        absentSinceMs.delete(identity);
        const revokedMs = await this.#deps.authority.revokedBeforeMs(tenantId, userId);
        // LiveKit knows the second in which somebody came.
        if (revokedMs >= there.joinedAtMs + 1_000 && revokedMs > Date.parse(joinedAt ?? "")) {
          left.push({ userId, identity, lost: false });
        }
        continue;
      }
      if (gone === identity || (gone === "everybody" && call.state === "active")) {
        left.push({ userId, identity, lost: heard?.isLost ?? true });
        continue;
      }
      if (isOpen && !seen.has(identity) && mayCome(call, joinedAt ?? "", nowMs)) continue;
      const sinceMs = absentSinceMs.get(identity) ?? nowMs;
      absentSinceMs.set(identity, sinceMs);
      if (nowMs - sinceMs >= limits.callAbsentMs) left.push({ userId, identity, lost: true });
    }
    return left;
  }

  /** Those who are in the room and not in the call: they have left it, or were put out. */
  async #strangers(
    tenantId: string,
    roomId: string,
    call: Call,
    attendees: readonly Attendee[],
    left: readonly Leaver[],
  ): Promise<Attendee[]> {
    const mayBe = new Set(
      call.participants
        .filter(({ state }) => state === "joined")
        .map(({ identity }) => identity)
        .filter((identity) => left.every((one) => one.identity !== identity)),
    );
    const strangers = attendees.filter(({ identity }) => !mayBe.has(identity));
    if (!strangers.some(({ isHidden }) => isHidden)) return strangers;
    const observers = await this.#observers(tenantId, roomId);
    return strangers.filter(({ identity, isHidden }) => !isHidden || !observers.has(identity));
  }

  /** Identities of the room's observers, who are in no call. */
  async #observers(tenantId: string, roomId: string): Promise<ReadonlySet<string>> {
    const identities = new Set<string>();
    let after = "";
    for (let pages = 0; pages < memberPagesMax; pages++) {
      const page = await this.#deps.store.readMembers(tenantId, roomId, {
        after,
        limit: limits.pageItemsMax,
      });
      for (const { userId, role } of page) {
        if (role === "observer") identities.add(callIdentityOf(tenantId, userId));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < limits.pageItemsMax) break;
      after = last.userId;
    }
    return identities;
  }
}

function by(userId: string): { kind: "server"; userId: string } {
  return { kind: "server", userId };
}

/** What LiveKit has of those who are in the call that the call does not say yet. */
function newsOf({ participants }: Call, attendees: readonly Attendee[]) {
  return participants.flatMap(({ userId, identity, state, connection }) => {
    const there = attendees.find((one) => one.identity === identity);
    if (state !== "joined" || there === undefined) return [];
    const connectedAt = rfc3339(there.connectedAtMs);
    const isKnown =
      connection?.lastAt != null &&
      connection.lastAt >= connectedAt &&
      there.published.every((source) => connection.published.includes(source));
    return isKnown ? [] : [{ actor: by(userId), connectedAt, published: [...there.published] }];
  });
}

/**
 * Who calls need not be there before somebody answers; from then on, or from when it has joined, one may be on the way
 * for as long as the token opens the door.
 */
function mayCome({ state, answeredAt }: Call, joinedAt: string, nowMs: number): boolean {
  if (state === "ringing" || answeredAt === null) return true;
  const sinceMs = Math.max(Date.parse(joinedAt), Date.parse(answeredAt));
  return nowMs - sinceMs < limits.callTokenSeconds * 1_000;
}
