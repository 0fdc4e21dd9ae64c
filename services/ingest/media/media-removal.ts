import type { Counter } from "prom-client";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { MediaStorage } from "#shared/media/storage.ts";
import type { MediaRow } from "#shared/store/media-store.ts";
import type { Store } from "#shared/store/store.ts";

export interface RemovalDeps {
  readonly store: Pick<Store, "media" | "readMessage" | "readVersions">;
  readonly storage: MediaStorage;
  readonly topics: Pick<Topics, "partitionOf">;
  readonly clock: Clock;
  readonly removed: Counter<"reason">;
  readonly logger: { warn(fields: object, message: string): void };
}

const nothing: ReadonlySet<string> = new Set();

interface MessagePlace {
  readonly tenantId: string;
  readonly roomId: string;
  readonly messageId: string;
}

/** Removes files that no message names any more, or ever did. Doing it twice changes nothing. */
export class MediaRemoval {
  readonly #deps: RemovalDeps;

  constructor(deps: RemovalDeps) {
    this.#deps = deps;
  }

  /**
   * Removes a file that is due where no message names it, and what is left over of one that is named.
   *
   * @returns later: it is to be looked at once more.
   */
  lookAt(tenantId: string, mediaId: string): Promise<"done" | "later"> {
    return this.#lookAt(tenantId, mediaId, nothing);
  }

  /** @param gone messages that were there, so nobody waits for them. */
  async #lookAt(tenantId: string, mediaId: string, gone: ReadonlySet<string>): Promise<"done" | "later"> {
    const { store, storage } = this.#deps;
    const row = await store.media.get(tenantId, mediaId);
    // Removed by somebody who did not come to the end of it.
    const fate = row === null ? "gone" : await this.#fateOf(tenantId, row, gone);
    if (fate === "perhaps") return "later";
    if (row === null || fate === "named" || fate === "gone") {
      await storage.clear({ tenantId, mediaId }, fate === "named" ? (row?.copy ?? null) : null);
    } else {
      await this.#remove(tenantId, row, fate);
    }
    return "done";
  }

  /**
   * Deletes messages for good, and with them the files that nothing else names. That they are due is kept before the
   * messages are touched, so a crash in between, or a bucket that is away, leaves them to the owner of their partition.
   */
  async withFilesOf<T>(places: readonly MessagePlace[], erase: () => Promise<T>): Promise<T> {
    const { store, topics, clock, logger } = this.#deps;
    const files: { readonly tenantId: string; readonly mediaId: string }[] = [];
    for (const place of places) {
      const { tenantId } = place;
      for (const mediaId of await this.#namedBy(place)) files.push({ tenantId, mediaId });
    }
    const dueAt = rfc3339(clock.nowMs());
    for (const { tenantId, mediaId } of files)
      await store.media.addDue(topics.partitionOf(tenantId, mediaId), { dueAt, tenantId, mediaId });
    const erased = await erase();
    const gone = new Set(places.map(({ messageId }) => messageId));
    for (const { tenantId, mediaId } of files) {
      await this.#lookAt(tenantId, mediaId, gone).catch((err: unknown) =>
        logger.warn({ err }, "a file of a message that was deleted for good is left to be removed later"),
      );
    }
    return erased;
  }

  /** All that a user uploaded: nothing of a file can be made anonymous. */
  async ofUser(tenantId: string, userId: string): Promise<void> {
    const { store } = this.#deps;
    const limit = limits.pageItemsMax;
    for (let after: string | undefined; ; ) {
      const page = await store.media.listOfUser(tenantId, userId, {
        limit,
        ...(after === undefined ? {} : { after }),
      });
      for (const mediaId of page) await this.#remove(tenantId, { mediaId, uploaderId: userId }, "erased");
      after = page.at(-1);
      if (page.length < limit) return;
    }
  }

  /** The row goes after the file: where a node dies in between, it is still known. */
  async #remove(
    tenantId: string,
    media: Pick<MediaRow, "mediaId" | "uploaderId">,
    reason: string,
  ): Promise<void> {
    const { store, storage, removed } = this.#deps;
    await storage.clear({ tenantId, mediaId: media.mediaId }, null);
    await store.media.remove(tenantId, media);
    removed.inc({ reason });
  }

  /** What it names, or did before it was taken back. */
  async #namedBy({ tenantId, roomId, messageId }: MessagePlace): Promise<Set<string>> {
    const { store } = this.#deps;
    const row = await store.readMessage(tenantId, roomId, messageId);
    if (row === null) return new Set();
    const { number, deletedAt, attachments } = row.message;
    const page = { number, afterSeq: 0, limit: limits.pageItemsMax };
    // An edit leaves the attachments as they are: only one that was taken back has none of those it had.
    const before = deletedAt === null ? [] : await store.readVersions(tenantId, roomId, page);
    const all = [...attachments, ...before.flatMap((version) => version.attachments)];
    return new Set(all.flatMap(({ mediaId }) => (mediaId === undefined ? [] : [mediaId])));
  }

  /** `perhaps`: a message that was to name it may still be on its way, as the log keeps it for so long. */
  async #fateOf(
    tenantId: string,
    row: MediaRow,
    gone: ReadonlySet<string>,
  ): Promise<"named" | "unnamed" | "refused" | "perhaps"> {
    if (row.state === "refused") return "refused";
    const { store, clock } = this.#deps;
    const uses = await store.media.listUses(tenantId, row.mediaId, limits.mediaUsesMax);
    let isAwaited = false;
    for (const { roomId, messageId } of uses) {
      const found = await store.readMessage(tenantId, roomId, messageId);
      // One that was taken back can be looked into by the server, unless it was deleted for good.
      if (found !== null && found.message.erased !== true) return "named";
      isAwaited ||= found === null && !gone.has(messageId);
    }
    const mayCome = Date.parse(row.createdAt) + limits.mediaOnItsWayMsMax > clock.nowMs();
    return isAwaited && mayCome ? "perhaps" : "unnamed";
  }
}
