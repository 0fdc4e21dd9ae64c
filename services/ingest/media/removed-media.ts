import { type Clock, rfc3339 } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { MediaStorage } from "#shared/media/storage.ts";
import type { MediaRow } from "#shared/store/media-store.ts";
import type { Store } from "#shared/store/store.ts";

interface RemovedMediaDeps {
  readonly store: Pick<Store, "media" | "readMessage">;
  /** null: nothing is kept anywhere. */
  readonly storage: MediaStorage | null;
  readonly topics: Pick<Topics, "partitionOf">;
  readonly clock: Clock;
}

/** Files that go with those who sent them, and with messages that are deleted for good. */
export class RemovedMedia {
  readonly #deps: RemovedMediaDeps;

  constructor(deps: RemovedMediaDeps) {
    this.#deps = deps;
  }

  /** Whatever is in them, nothing of it can be made anonymous. The same again changes nothing. */
  async ofUser(tenantId: string, userId: string): Promise<void> {
    const { store } = this.#deps;
    const limit = limits.pageItemsMax;
    for (let after: string | undefined; ; ) {
      const page = await store.media.listOfUser(tenantId, userId, {
        limit,
        ...(after === undefined ? {} : { after }),
      });
      for (const mediaId of page) await this.#remove(tenantId, { mediaId, uploaderId: userId });
      after = page.at(-1);
      if (page.length < limit) return;
    }
  }

  /**
   * The files that a message names which is to be deleted. They are to be looked at later in any case, as this node may
   * be gone by then.
   */
  async namedBy(tenantId: string, roomId: string, messageId: string): Promise<string[]> {
    const { store, topics, clock } = this.#deps;
    const row = await store.readMessage(tenantId, roomId, messageId);
    const ids = new Set(row?.message.attachments.flatMap(({ mediaId }) => mediaId ?? []));
    const dueAt = rfc3339(clock.nowMs() + limits.mediaReleaseMs);
    for (const mediaId of ids) {
      await store.media.addDue(topics.partitionOf(tenantId, mediaId), { dueAt, tenantId, mediaId });
    }
    return [...ids];
  }

  /** Removes those of the files that no message names any more. */
  async release(tenantId: string, mediaIds: readonly string[]): Promise<void> {
    for (const mediaId of mediaIds) {
      const row = await this.#deps.store.media.get(tenantId, mediaId);
      if (row !== null && !(await this.#isNamed(tenantId, mediaId))) await this.#remove(tenantId, row);
    }
  }

  async #isNamed(tenantId: string, mediaId: string): Promise<boolean> {
    const { store } = this.#deps;
    const uses = await store.media.listUses(tenantId, mediaId, limits.mediaUsesMax);
    for (const { roomId, messageId } of uses) {
      const row = await store.readMessage(tenantId, roomId, messageId);
      // It may be on its way.
      if (row === null || row.message.attachments.some((each) => each.mediaId === mediaId)) return true;
    }
    return false;
  }

  async #remove(tenantId: string, media: Pick<MediaRow, "mediaId" | "uploaderId">): Promise<void> {
    const { store, storage } = this.#deps;
    // Where a node dies in between, the file is still known.
    await storage?.clear({ tenantId, mediaId: media.mediaId }, null);
    await store.media.remove(tenantId, media);
  }
}
