import type { Counter } from "prom-client";
import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { MediaStorage } from "#shared/media/storage.ts";
import type { DueMedia, MediaRow } from "#shared/store/media-store.ts";
import type { Store } from "#shared/store/store.ts";

export interface SweepDeps {
  readonly store: Pick<Store, "media" | "readMessage">;
  readonly storage: MediaStorage;
  readonly clock: Clock & Timers;
  readonly removed: Counter<"reason">;
  readonly logger: { error(fields: object, message: string): void };
  readonly orphanMs: number;
}

/** Before every file that is due then. */
const startOf = (ms: number): DueMedia => ({ dueAt: rfc3339(ms), tenantId: "", mediaId: "" });

/**
 * Looks after the files of one partition, whose owner it is: when one is due it asks whether any message names it, and
 * removes it where none does. What is due is read forward in time, and the place is kept, so a next owner goes on there;
 * doing it twice changes nothing.
 */
export class MediaSweep {
  readonly #deps: SweepDeps;
  readonly #partition: number;
  /** Looked at up to here. */
  #place: DueMedia | null = null;
  #cancel = () => {};
  #ended = false;
  #failing = false;

  constructor(deps: SweepDeps, partition: number) {
    this.#deps = deps;
    this.#partition = partition;
  }

  async caughtUp(): Promise<void> {
    this.#passIn(0);
  }

  revoked(): void {
    this.#ended = true;
    this.#cancel();
  }

  #passIn(ms: number): void {
    if (!this.#ended) this.#cancel = this.#deps.clock.after(ms, () => void this.#pass());
  }

  async #pass(): Promise<void> {
    try {
      await this.#lookAtAll();
      this.#failing = false;
    } catch (err) {
      // It waits for the engines, or for where files are kept, which may be away for long: said once.
      if (!this.#failing) {
        this.#deps.logger.error(
          { err, partition: this.#partition },
          "files that are due could not be looked at",
        );
      }
      this.#failing = true;
    } finally {
      this.#passIn(Math.min(limits.mediaSweepMs, this.#deps.orphanMs / 4));
    }
  }

  async #lookAtAll(): Promise<void> {
    const { store, clock } = this.#deps;
    // Others may be about to name what is due this moment, by a clock that is behind ours.
    const beforeMs = clock.nowMs() - graceMs(this.#deps.orphanMs);
    this.#place ??= await this.#begin(beforeMs);
    for (let isMore = true; isMore && !this.#ended; ) {
      const range = { after: this.#place, before: rfc3339(beforeMs), limit: limits.mediaSweepPageMax };
      const page = await store.media.listDue(this.#partition, range);
      for (const due of page) {
        if (this.#ended) return;
        await this.#lookAt(due);
        this.#place = due;
      }
      isMore = page.length === limits.mediaSweepPageMax;
    }
    if (this.#ended) return;
    this.#place = startOf(Math.max(beforeMs, Date.parse(this.#place.dueAt)));
    await store.media.setDueDone(this.#partition, this.#place.dueAt);
  }

  /** Of a partition that never had an owner there is nothing from before. */
  async #begin(nowMs: number): Promise<DueMedia> {
    const { media } = this.#deps.store;
    const done = await media.readDueDone(this.#partition);
    if (done === null) await media.setDueDone(this.#partition, rfc3339(nowMs));
    return startOf(done === null ? nowMs : Date.parse(done));
  }

  async #lookAt({ tenantId, mediaId }: DueMedia): Promise<void> {
    const { store, storage } = this.#deps;
    const row = await store.media.get(tenantId, mediaId);
    // Removed by an owner that did not come to the end of it.
    if (row === null) return await storage.clear({ tenantId, mediaId }, null);
    const fate = row.state === "ready" ? await this.#fateOf(tenantId, row) : row.state;
    if (fate === "named") return await storage.clear({ tenantId, mediaId }, row.copy);
    if (fate === "perhaps") {
      const { clock, orphanMs } = this.#deps;
      const dueAt = rfc3339(clock.nowMs() + orphanMs);
      return await store.media.addDue(this.#partition, { dueAt, tenantId, mediaId });
    }
    // First the file: while the row is there it is due again.
    await storage.clear({ tenantId, mediaId }, null);
    await store.media.remove(tenantId, row);
    this.#deps.removed.inc({ reason: fate === "refused" ? "refused" : "unnamed" });
  }

  /** `perhaps`: a message that was to name it may still be on its way, as the log keeps it for so long. */
  async #fateOf(tenantId: string, row: MediaRow): Promise<"named" | "unnamed" | "perhaps"> {
    const { store, clock } = this.#deps;
    const uses = await store.media.listUses(tenantId, row.mediaId, limits.mediaUsesMax);
    for (const { roomId, messageId } of uses) {
      // One that was deleted may be looked into by the server; what it named is kept.
      if ((await store.readMessage(tenantId, roomId, messageId)) !== null) return "named";
    }
    if (uses.length === 0) return "unnamed";
    const isOnItsWay = Date.parse(row.createdAt) + limits.mediaOnItsWayMsMax > clock.nowMs();
    return isOnItsWay ? "perhaps" : "unnamed";
  }
}

function graceMs(orphanMs: number): number {
  return Math.min(limits.mediaSweepGraceMs, orphanMs / 2);
}
