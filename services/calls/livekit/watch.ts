import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Batch, PartitionHandler } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Call } from "#shared/protocol/calls.ts";
import type { DueRoom } from "#shared/store/listings.ts";
import type { Store } from "#shared/store/store.ts";
import type { CallsMetrics } from "../metrics.ts";
import { allDone, eachOf } from "./each-of.ts";
import type { LiveKit, LiveKitRegions, Region } from "./regions.ts";
import { callOfLivekitRoom, livekitRoomOf } from "./room-name.ts";
import { type CallUpkeep, noSightings, type Sightings } from "./upkeep.ts";

export interface WatchDeps {
  readonly store: Pick<Store, "listDue" | "readHeads" | "readCall">;
  readonly regions: LiveKitRegions;
  readonly upkeep: CallUpkeep;
  readonly topics: Topics;
  readonly clock: Clock & Timers;
  readonly metrics: CallsMetrics;
  readonly logger: { warn(fields: object, message: string): void };
}

interface Running {
  readonly tenantId: string;
  readonly callId: string;
  readonly region: Region;
  readonly isRinging: boolean;
  readonly sightings: Sightings;
}

interface CallEvent {
  readonly type: string;
  readonly tenantId: string;
  readonly callId: string;
  readonly call: Pick<Call, "region" | "state">;
}

/**
 * The calls of one partition that run: its owner knows them from the events it reads, and those that began before from
 * when their rooms are due. Each is held against LiveKit now and then, and at once when somebody has left it or it has
 * ended. While LiveKit or the store is away nothing is known, and it is tried again; calls on one LiveKit server do not
 * wait for another.
 */
export class CallWatch implements PartitionHandler {
  readonly #deps: WatchDeps;
  readonly #partition: number;
  readonly #running = new Map<string, Running>();
  /** Ended, and LiveKit could not be told, or records them still. */
  readonly #over = new Map<string, Running>();
  #cancel: (() => void) | null = null;
  readonly #looking = new Set<Region>();
  #loading = false;
  #isLoaded = false;
  readonly #sweptMs = new Map<Region, number>();
  readonly #failing = new Set<Region>();

  constructor(deps: WatchDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
  }

  async caughtUp(): Promise<void> {
    this.#cancel = this.#deps.clock.every(limits.callCheckMs, () => void this.#check());
  }

  async process({ records }: Batch): Promise<void> {
    const touched = new Map<string, Running>();
    for (const { value } of records) {
      const event = callEventIn(value);
      // What users say of a call afterwards asks nothing of LiveKit.
      if (event === null || event.type === "call.quality") continue;
      const { tenantId, callId, call } = event;
      const { region } = call;
      // Of a server that the deployment has no more nothing is known: the call's times end it, and what records it.
      if (!this.#serves(region)) continue;
      const key = livekitRoomOf(tenantId, callId);
      if (call.state === "ended") {
        this.#running.delete(key);
        touched.set(key, this.#watchOver(tenantId, { callId, region }));
        continue;
      }
      const running = this.#watch(tenantId, { callId, region, state: call.state });
      if (event.type === "call.left") touched.set(key, running);
    }
    this.#count();
    // What it finds is found again by the next check: nothing waits for LiveKit.
    void this.#lookAt([...touched.values()]).catch(() => {});
  }

  revoked(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#running.clear();
    this.#over.clear();
    this.#deps.metrics.watched.remove({ partition: String(this.#partition) });
  }

  async #check(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      if (!this.#isLoaded) await this.#load();
    } catch (err) {
      return this.#failed(err, null);
    } finally {
      this.#loading = false;
    }
    await Promise.all(this.#deps.regions.all.map((livekit) => this.#checkOn(livekit)));
    this.#count();
  }

  /** The calls on one LiveKit server. */
  async #checkOn(livekit: LiveKit): Promise<void> {
    const { region } = livekit;
    if (this.#looking.has(region)) return;
    this.#looking.add(region);
    try {
      const all = [...this.#running.values(), ...this.#over.values()];
      const calls = await withoutQuiet(
        livekit,
        all.filter((call) => call.region === region),
      );
      await allDone([this.#lookAt(calls), this.#sweep(livekit)]);
      this.#failing.delete(region);
    } catch (err) {
      this.#failed(err, region);
    } finally {
      this.#looking.delete(region);
    }
  }

  #serves(region: Region): boolean {
    return this.#deps.regions.all.some((livekit) => livekit.region === region);
  }

  #watch(tenantId: string, { callId, region, state }: Pick<Call, "callId" | "region" | "state">): Running {
    const key = livekitRoomOf(tenantId, callId);
    const sightings = this.#running.get(key)?.sightings ?? noSightings();
    const running = { tenantId, callId, region, isRinging: state === "ringing", sightings };
    if (this.#running.has(key) || this.#running.size < limits.callsWatchedMax)
      this.#running.set(key, running);
    return running;
  }

  #watchOver(tenantId: string, { callId, region }: Pick<Call, "callId" | "region">): Running {
    const over = { tenantId, callId, region, isRinging: false, sightings: noSightings() };
    if (this.#over.size < limits.callsOverMax) this.#over.set(livekitRoomOf(tenantId, callId), over);
    return over;
  }

  async #lookAt(calls: readonly Running[]): Promise<void> {
    await eachOf(calls, limits.callChecksAtOnceMax, async ({ tenantId, callId, sightings }) => {
      const isRunning = await this.#deps.upkeep.look(tenantId, callId, sightings);
      if (isRunning) return;
      const key = livekitRoomOf(tenantId, callId);
      this.#over.delete(key);
      this.#running.delete(key);
    });
  }

  /**
   * Calls from before this node had the partition: every room with one, or with one that is recorded still, is due within
   * a call's longest.
   */
  async #load(): Promise<void> {
    const { store, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const before = rfc3339(nowMs + limits.callLengthMsMax + limits.dueBackMs);
    let after: DueRoom = { dueAt: rfc3339(nowMs - limits.dueBackMs), tenantId: "", roomId: "" };
    for (;;) {
      const page = await store.listDue(this.#partition, { after, before, limit: limits.duePageRoomsMax });
      for (const [tenantId, rooms] of Map.groupBy(page, (room) => room.tenantId)) {
        const heads = await store.readHeads(tenantId, [...new Set(rooms.map(({ roomId }) => roomId))]);
        for (const head of heads) {
          const call = head?.call?.call;
          if (call !== undefined && this.#serves(call.region)) {
            // What an event has said of it meanwhile is newer.
            if (!this.#running.has(livekitRoomOf(tenantId, call.callId))) this.#watch(tenantId, call);
          }
          const recorded = head?.stillRecorded?.filter(({ region }) => this.#serves(region)) ?? [];
          for (const one of recorded) this.#watchOver(tenantId, one);
        }
      }
      const last = page.at(-1);
      if (last === undefined || page.length < limits.duePageRoomsMax) break;
      after = last;
    }
    this.#isLoaded = true;
  }

  /** Rooms of LiveKit whose call has ended: a token that was still good has opened them anew, or nobody closed them. */
  async #sweep({ region, server }: LiveKit): Promise<void> {
    const { store, clock, topics, metrics } = this.#deps;
    if (clock.nowMs() - (this.#sweptMs.get(region) ?? 0) < limits.livekitSweepMs) return;
    this.#sweptMs.set(region, clock.nowMs());
    const names = [...(await server.sizes()).keys()].filter((name) => !this.#running.has(name));
    await eachOf(names.slice(0, limits.livekitSweepRoomsMax), limits.callChecksAtOnceMax, async (name) => {
      const call = callOfLivekitRoom(name);
      const found = call === null ? null : await store.readCall(call.tenantId, call.callId);
      // What is not known here may be another deployment's.
      if (call === null || found === null || found.row.call.state !== "ended") return;
      if (topics.partitionOf(call.tenantId, found.roomId) !== this.#partition) return;
      metrics.corrections.inc({ what: "closed" });
      await server.close(name);
    });
  }

  #count(): void {
    this.#deps.metrics.watched.set({ partition: String(this.#partition) }, this.#running.size);
  }

  /** It may last, and is said once. */
  #failed(err: unknown, region: Region): void {
    if (this.#failing.has(region)) return;
    this.#failing.add(region);
    this.#deps.logger.warn(
      { err, partition: this.#partition, region },
      "calls could not be held against LiveKit",
    );
  }
}

/** While a call rings and nobody is in its room there is nothing to set right, and such calls may be many. */
async function withoutQuiet({ server }: LiveKit, calls: readonly Running[]): Promise<Running[]> {
  const nameOf = ({ tenantId, callId }: Running) => livekitRoomOf(tenantId, callId);
  const ringing = calls.filter(({ isRinging }) => isRinging).map(nameOf);
  const sizes = ringing.length === 0 ? null : await server.sizes(ringing);
  return calls.filter((call) => !call.isRinging || (sizes?.get(nameOf(call)) ?? 0) > 0);
}

/** Of all that happens, what happens to calls; what cannot be read is no call's. */
function callEventIn(value: string | null): CallEvent | null {
  // Most records are messages, and not worth the parsing.
  if (value === null || !value.includes('"call.')) return null;
  try {
    const { event } = JSON.parse(value) as { readonly event: CallEvent };
    return event.type.startsWith("call.") ? event : null;
  } catch {
    return null;
  }
}
