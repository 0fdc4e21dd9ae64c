import { randomUUID } from "node:crypto";
import type { Clock, Timers } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { limits } from "#shared/limits.ts";
import type { Retention as Ages } from "#shared/protocol/retention.ts";
import type { Logger } from "#shared/service/logger.ts";
import type { RetentionPass } from "#shared/store/retention-store.ts";
import type { Store } from "#shared/store/store.ts";
import type { MediaRemoval } from "./media/media-removal.ts";
import { letGo } from "./retained-room.ts";

interface RetentionDeps {
  readonly store: Pick<Store, "retention" | "getTenant" | "readHeads" | "readMessages">;
  readonly commands: Pick<Commands, "apply">;
  /** null: there are no files. */
  readonly media: Pick<MediaRemoval, "withFilesOf"> | null;
  readonly clock: Clock & Timers;
  readonly logger: Pick<Logger, "warn">;
}

/** What a tenant wants, and when that was read; null: it keeps all for ever. */
interface Known {
  readonly ages: Ages | null;
  readonly readAtMs: number;
}

/**
 * Lets go what is older than its tenant keeps it. Now and then one node passes over all rooms of all tenants, and says in
 * the store how far it is, so that another goes on where it fell silent. All that it does is the same when it is done
 * again, so two nodes that do the same do no harm. What a room keeps is changed by its own writer alone.
 */
export class Retention {
  readonly #deps: RetentionDeps;
  readonly #everyMs: number;
  readonly #node = randomUUID();
  #cancel: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #ended = false;

  /** @param everyMs from the begin of one pass to that of the next. */
  constructor(deps: RetentionDeps, everyMs: number) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  start(): void {
    const lookMs = Math.min(this.#everyMs, limits.retentionLookMsMax);
    this.#cancel = this.#deps.clock.every(lookMs, () => this.#look());
  }

  /** What is under way goes on elsewhere, or when this node is back. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#cancel?.();
    await this.#running;
  }

  #look(): void {
    if (this.#ended || this.#running !== null) return;
    this.#running = this.#pass()
      .catch((err: unknown) => this.#deps.logger.warn({ err }, "what is too old is looked for again later"))
      .finally(() => {
        this.#running = null;
      });
  }

  async #pass(): Promise<void> {
    const { store, clock } = this.#deps;
    const known = await store.retention.readPass();
    const nowMs = clock.nowMs();
    if (known !== null && !this.#isFree(known, nowMs)) return;
    const isNew = known === null || known.isDone;
    let pass: RetentionPass = {
      heldBy: this.#node,
      heldAtMs: nowMs,
      begunAtMs: isNew ? nowMs : known.begunAtMs,
      after: isNew ? null : known.after,
      isDone: false,
    };
    const save = async (change: Partial<RetentionPass>) => {
      pass = { ...pass, ...change, heldAtMs: clock.nowMs() };
      await store.retention.writePass(pass);
    };
    await save({});
    const ages = await this.#agesOfTenants();
    for (let after = pass.after; ages.size > 0 && !this.#ended; ) {
      const { rooms, next } = await store.retention.listRooms({ after, limit: limits.retentionPageMax });
      const concerned = rooms.filter(({ tenantId }) => ages.has(tenantId));
      for (let i = 0; i < concerned.length && !this.#ended; i += limits.retentionRoomsAtOnceMax) {
        const slice = concerned.slice(i, i + limits.retentionRoomsAtOnceMax);
        await Promise.all(
          slice.map(async (room) => {
            const agesNow = () => this.#agesNow(ages, room.tenantId);
            for await (const _ of letGo(this.#deps, room, agesNow)) {
              if (this.#ended) return;
              if (clock.nowMs() - pass.heldAtMs >= limits.retentionHeldMs) await save({ after });
            }
          }),
        );
      }
      if (this.#ended) return;
      if (next === null) break;
      after = next;
      await save({ after });
    }
    if (!this.#ended) await save({ isDone: true });
  }

  #isFree({ heldBy, heldAtMs, begunAtMs, isDone }: RetentionPass, nowMs: number): boolean {
    if (isDone) return nowMs - begunAtMs >= this.#everyMs;
    return heldBy === this.#node || nowMs - heldAtMs > limits.retentionSilenceMsMax;
  }

  /** Of those that do not keep all for ever. */
  async #agesOfTenants(): Promise<Map<string, Known>> {
    const found = new Map<string, Known>();
    for (let after: string | null = null; ; ) {
      const page = { after, limit: limits.retentionPageMax };
      const readAtMs = this.#deps.clock.nowMs();
      const { tenants, next } = await this.#deps.store.retention.listTenants(page);
      for (const { tenantId, settings } of tenants) {
        if (settings.retention) found.set(tenantId, { ages: settings.retention, readAtMs });
      }
      if (next === null) return found;
      after = next;
    }
  }

  /** A pass may be long, and what has gone does not come back: it ends for a tenant soon after that says so. */
  async #agesNow(known: Map<string, Known>, tenantId: string): Promise<Ages | null> {
    const { store, clock } = this.#deps;
    const readAtMs = clock.nowMs();
    const last = known.get(tenantId);
    if (last !== undefined && readAtMs - last.readAtMs < limits.retentionAgesMs) return last.ages;
    const ages = (await store.getTenant(tenantId))?.settings.retention ?? null;
    known.set(tenantId, { ages, readAtMs });
    return ages;
  }
}
