import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { limits } from "#shared/limits.ts";
import type { Call, CallParticipant } from "#shared/protocol/calls.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";
import type { Store } from "#shared/store/store.ts";
import type { CallsMetrics } from "../metrics.ts";
import { livekitRoomOf } from "./room-name.ts";
import type { Attendee, LiveKitServer } from "./server.ts";

export interface UpkeepDeps {
  readonly server: LiveKitServer;
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

/** Whom LiveKit says to have gone: an identity, or everybody. */
type Gone = string | "everybody" | null;

/** Members of a room that are looked through for observers, where somebody is hidden in its call. */
const memberPagesMax = 10;

/**
 * Holds a call against its LiveKit room and sets both right: the call says who may be there, LiveKit who is. It begins
 * with both as they are now, so it may be done whenever something may have happened, as often as one likes, by any node.
 *
 * @returns whether the call still runs.
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
    gone: Gone = null,
  ): Promise<boolean> {
    const { server, store, metrics } = this.#deps;
    const found = await store.readCall(tenantId, callId);
    if (found === null || found.row.call.callId !== callId) return false;
    const { roomId } = found;
    const { call } = found.row;
    const name = livekitRoomOf(tenantId, callId);
    if (call.state === "ended") {
      await server.close(name);
      return false;
    }
    const attendees = await server.attendees(name);
    const left = await this.#whoLeft(tenantId, call, attendees, { sightings, gone });
    for (const { userId } of left) {
      metrics.corrections.inc({ what: "left" });
      await this.#deps.commands.append([
        {
          v: 1,
          type: "call.leave",
          tenantId,
          roomId,
          at: rfc3339(this.#deps.clock.nowMs()),
          actor: { kind: "server", userId },
          callId,
        },
      ]);
    }
    for (const { identity } of await this.#strangers(tenantId, roomId, call, attendees, left)) {
      metrics.corrections.inc({ what: "removed" });
      await server.remove(name, identity);
    }
    return true;
  }

  /** Those who are in the call and not in its room any more, or may not be. */
  async #whoLeft(
    tenantId: string,
    call: Call,
    attendees: readonly Attendee[],
    { sightings: { seen, absentSinceMs }, gone }: { readonly sightings: Sightings; readonly gone: Gone },
  ): Promise<CallParticipant[]> {
    const nowMs = this.#deps.clock.nowMs();
    const left: CallParticipant[] = [];
    for (const one of call.participants.filter(({ state }) => state === "joined")) {
      const { identity, userId, joinedAt } = one;
      const there = attendees.find((attendee) => attendee.identity === identity);
      if (there !== undefined) {
        seen.add(identity);
        absentSinceMs.delete(identity);
        const revokedMs = await this.#deps.authority.revokedBeforeMs(tenantId, userId);
        // LiveKit knows the second in which somebody came.
        if (revokedMs >= there.joinedAtMs + 1_000 && revokedMs > Date.parse(joinedAt ?? "")) left.push(one);
        continue;
      }
      const sinceMs = absentSinceMs.get(identity) ?? nowMs;
      absentSinceMs.set(identity, sinceMs);
      // One who has just answered may be on the way, for as long as the token opens the door.
      const mayCome =
        !seen.has(identity) && nowMs - Date.parse(joinedAt ?? "") < limits.callTokenSeconds * 1_000;
      const isGone = gone === identity || gone === "everybody";
      if (isGone || (!mayCome && nowMs - sinceMs >= limits.callAbsentMs)) left.push(one);
    }
    return left;
  }

  /** Those who are in the room and not in the call: they have left it, or were put out. */
  async #strangers(
    tenantId: string,
    roomId: string,
    call: Call,
    attendees: readonly Attendee[],
    left: readonly CallParticipant[],
  ): Promise<Attendee[]> {
    const mayBe = new Set(
      call.participants
        .filter((one) => one.state === "joined" && !left.includes(one))
        .map(({ identity }) => identity),
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
