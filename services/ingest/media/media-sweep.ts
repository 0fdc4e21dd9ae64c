import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { DueMedia, MediaStore } from "#shared/store/media-store.ts";
import type { MediaRemoval } from "./media-removal.ts";

export interface SweepDeps {
  readonly store: Pick<MediaStore, "listDue" | "addDue" | "readDueDone" | "setDueDone">;
  readonly removal: Pick<MediaRemoval, "lookAt">;
  readonly clock: Clock & Timers;
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
      const page = await store.listDue(this.#partition, range);
      for (const due of page) {
        if (this.#ended) return;
        await this.#lookAt(due);
        this.#place = due;
      }
      isMore = page.length === limits.mediaSweepPageMax;
    }
    if (this.#ended) return;
    this.#place = startOf(Math.max(beforeMs, Date.parse(this.#place.dueAt)));
    await store.setDueDone(this.#partition, this.#place.dueAt);
  }

  /** Of a partition that never had an owner there is nothing from before. */
  async #begin(nowMs: number): Promise<DueMedia> {
    const { store } = this.#deps;
    const done = await store.readDueDone(this.#partition);
    if (done === null) await store.setDueDone(this.#partition, rfc3339(nowMs));
    return startOf(done === null ? nowMs : Date.parse(done));
  }

  async #lookAt({ tenantId, mediaId }: DueMedia): Promise<void> {
    const { store, removal, clock, orphanMs } = this.#deps;
    if ((await removal.lookAt(tenantId, mediaId)) !== "later") return;
    const dueAt = rfc3339(clock.nowMs() + orphanMs);
    await store.addDue(this.#partition, { dueAt, tenantId, mediaId });
  }
}

function graceMs(orphanMs: number): number {
  return Math.min(limits.mediaSweepGraceMs, orphanMs / 2);
}
