import { hash, randomBytes, randomUUID } from "node:crypto";
import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339, type Timers } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { ErasedMessages, Erasure } from "#shared/protocol/erasures.ts";
import type { Logger } from "#shared/service/logger.ts";
import type { ErasureRow } from "#shared/store/erasure-store.ts";
import type { Store } from "#shared/store/store.ts";
import { eraseFromReports } from "./erased-reports.ts";
import { eraseFromRooms } from "./erased-rooms.ts";
import type { MediaRemoval } from "./media/media-removal.ts";

interface ErasuresDeps {
  readonly store: Pick<
    Store,
    "erasures" | "setRevokedBefore" | "listClosedRooms" | "listOpenRooms" | "reports" | "webhooks"
  >;
  readonly commands: Pick<Commands, "append" | "apply">;
  /** null: there are no files. */
  readonly media: Pick<MediaRemoval, "ofUser"> | null;
  readonly authority: Pick<Authority, "forgetRevocation">;
  readonly clock: Clock & Timers;
  readonly logger: Pick<Logger, "warn">;
}

/** The same for a user however often it is erased, so two calls at once are one task. */
function taskIdOf(tenantId: string, userId: string): string {
  return `ers_${hash("sha256", `${tenantId}\n${userId}`, "base64url").slice(0, 22)}`;
}

/**
 * Forgets users. A task is in the store before anybody is told of it, and until it is done; whichever node works on it
 * says so there now and then, and another takes it over when it says no more. All that is done is the same when it is
 * done again, so two nodes that work on one task do no harm. What a room keeps is changed by its own writer alone.
 */
export class Erasures {
  readonly #deps: ErasuresDeps;
  readonly #node = randomUUID();
  readonly #running = new Map<string, Promise<void>>();
  #cancel: (() => void) | null = null;
  #ended = false;
  #scanning = false;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel = this.#deps.clock.every(limits.erasureScanMs, () => void this.#scan());
  }

  /** What is under way goes on elsewhere, or when this node is back. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#cancel?.();
    await Promise.all(this.#running.values());
  }

  /** @throws AppError erasure_conflict. */
  async begin(tenantId: string, userId: string, messages: ErasedMessages): Promise<Erasure> {
    const { store, clock } = this.#deps;
    const taskId = taskIdOf(tenantId, userId);
    const known = await store.erasures.get(tenantId, taskId);
    if (known !== null && known.status !== "done") {
      if (known.messages !== messages) throw new AppError("erasure_conflict");
      return shown(known);
    }
    const nowMs = clock.nowMs();
    const task: ErasureRow = {
      taskId,
      userId,
      messages,
      status: "running",
      roomsDone: 0,
      createdAt: rfc3339(nowMs),
      completedAt: null,
      pseudonym: `erased:${randomBytes(12).toString("hex")}`,
      heldBy: this.#node,
      heldAtMs: nowMs,
    };
    await store.erasures.put(tenantId, task);
    await this.#withdraw(tenantId, userId, task.createdAt);
    this.#run(tenantId, taskId, "begun");
    return shown(task);
  }

  /** @throws AppError erasure_not_found. */
  async get(tenantId: string, taskId: string): Promise<Erasure> {
    const task = await this.#deps.store.erasures.get(tenantId, taskId);
    if (task === null) throw new AppError("erasure_not_found");
    return shown(task);
  }

  async #scan(): Promise<void> {
    if (this.#ended || this.#scanning) return;
    this.#scanning = true;
    try {
      const { erasures } = this.#deps.store;
      for (const { tenantId, taskId } of await erasures.listOpen(limits.erasureScanTasksMax)) {
        if (this.#running.size >= limits.erasuresAtOnceMax) return;
        if (this.#running.has(taskId)) continue;
        const task = await erasures.get(tenantId, taskId);
        if (task !== null && this.#isFree(task)) this.#run(tenantId, taskId, "found");
      }
    } catch (err) {
      this.#deps.logger.warn({ err }, "could not look for erasures");
    } finally {
      this.#scanning = false;
    }
  }

  #isFree({ heldBy, heldAtMs }: ErasureRow): boolean {
    return heldBy === this.#node || this.#deps.clock.nowMs() - heldAtMs > limits.erasureSilenceMsMax;
  }

  /** Where there are too many, the store has it for later. */
  #run(tenantId: string, taskId: string, as: "begun" | "found"): void {
    if (this.#ended || this.#running.has(taskId) || this.#running.size >= limits.erasuresAtOnceMax) return;
    const run = this.#work(tenantId, taskId, as)
      .catch((err: unknown) => this.#deps.logger.warn({ err, taskId }, "an erasure goes on later"))
      .finally(() => this.#running.delete(taskId));
    this.#running.set(taskId, run);
  }

  async #work(tenantId: string, taskId: string, as: "begun" | "found"): Promise<void> {
    const { store, clock } = this.#deps;
    const found = await store.erasures.get(tenantId, taskId);
    if (found === null || found.userId === null || found.pseudonym === null) return;
    const { userId, pseudonym, messages } = found;
    let task = found;
    /** False: another node has ended it, or it was begun anew since; what that says must stay. */
    const save = async (change: Partial<ErasureRow>): Promise<boolean> => {
      const kept = await store.erasures.get(tenantId, taskId);
      if (kept?.pseudonym !== pseudonym) return false;
      task = { ...task, heldBy: this.#node, heldAtMs: clock.nowMs(), ...change };
      await store.erasures.put(tenantId, task);
      return true;
    };
    if (!(await save({}))) return;
    // Whoever began it may have got no further.
    if (as === "found") await this.#withdraw(tenantId, userId, task.createdAt);
    let { roomsDone } = task;
    const who = { tenantId, userId, pseudonym, messages };
    for await (const count of eraseFromRooms(this.#deps, who, () => this.#ended)) {
      roomsDone += count;
      if (this.#ended) return;
      const isToSay = clock.nowMs() - task.heldAtMs >= limits.erasureHeldMs;
      if (isToSay && !(await save({ roomsDone }))) return;
    }
    if (this.#ended) return;
    for await (const _ of eraseFromReports(store.reports, who)) {
      if (this.#ended) return;
      if (clock.nowMs() - task.heldAtMs >= limits.erasureHeldMs) await save({});
    }
    await this.#deps.media?.ofUser(tenantId, userId);
    const completedAt = rfc3339(clock.nowMs());
    const nobody = { userId: null, pseudonym: null, heldBy: null };
    await save({ status: "done", roomsDone, completedAt, ...nobody });
  }

  /** What is no room's. Tokens that were issued since are of a new user. */
  async #withdraw(tenantId: string, userId: string, at: string): Promise<void> {
    const { store, authority, commands, clock } = this.#deps;
    await store.setRevokedBefore(tenantId, userId, at);
    authority.forgetRevocation(tenantId, userId);
    await commands.append([{ v: 1, type: "user.revoked", tenantId, userId, at }]);
    const seenUntil = rfc3339(clock.nowMs() + limits.erasureSeenMs);
    await store.erasures.forgetUser(tenantId, userId, seenUntil);
  }
}

function shown({ pseudonym: _p, heldBy: _h, heldAtMs: _a, ...task }: ErasureRow): Erasure {
  return task;
}
