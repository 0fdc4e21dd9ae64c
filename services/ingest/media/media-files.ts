import type { TenantCaller } from "#shared/auth/caller.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { Topics } from "#shared/log/topics.ts";
import { screenText } from "#shared/masking/screen-message.ts";
import type { MediaStorage } from "#shared/media/storage.ts";
import { newMediaId } from "#shared/protocol/ids.ts";
import type { Media, MediaPost } from "#shared/protocol/media.ts";
import { mediaKindOf } from "#shared/protocol/media-types.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";
import type { MediaRow } from "#shared/store/media-store.ts";
import type { Store } from "#shared/store/store.ts";
import { DayBytes } from "./day-bytes.ts";
import type { MediaChecks } from "./media-checks.ts";
import { mayRead } from "./media-readers.ts";

export interface MediaFilesDeps {
  readonly store: Pick<Store, "media" | "readMemberships" | "readMessage">;
  /** null: nothing is kept anywhere. */
  readonly storage: MediaStorage | null;
  readonly checks: MediaChecks;
  readonly topics: Pick<Topics, "partitionOf">;
  readonly clock: Clock;
  readonly settings: (tenantId: string) => Promise<TenantSettings>;
  /** A file that no message has named after so long is removed. */
  readonly orphanMs: number;
}

type Who = Pick<TenantCaller, "kind" | "tenantId" | "userId">;

/** Files that callers send and ask for: who may, and by which URLs. */
export class MediaFiles {
  readonly #deps: MediaFilesDeps;
  readonly #dayBytes: DayBytes;

  constructor(deps: MediaFilesDeps) {
    this.#deps = deps;
    this.#dayBytes = new DayBytes(deps);
  }

  /**
   * Lets a caller upload one file.
   *
   * @param base the API's URL, as the caller has it.
   * @throws AppError media_type_not_allowed, media_too_large, rate_limited, media_disabled.
   */
  async grant({ tenantId, userId }: Who, post: MediaPost, base: string) {
    const { contentType: said, size } = post;
    const { store, clock, topics, orphanMs } = this.#deps;
    const storage = this.#storage();
    const { mediaTypes, mediaBytesMax, mediaDayBytes, masking } = await this.#deps.settings(tenantId);
    // Whoever downloads it reads the name, and in which room it will be said is not known yet.
    const fileName = masking === null ? post.fileName : screenText(post.fileName, masking);
    const contentType = essenceOf(said);
    if (mediaKindOf(contentType) === undefined || mediaTypes?.includes(contentType) === false)
      throw new AppError("media_type_not_allowed");
    if (size > mediaBytesMax)
      throw new AppError("media_too_large", `A file has at most ${mediaBytesMax} bytes.`);
    await this.#dayBytes.take(tenantId, mediaDayBytes, size);

    const mediaId = newMediaId();
    const nowMs = clock.nowMs();
    const endsAtMs = nowMs + limits.mediaUploadUrlSeconds * 1_000;
    const upload = await storage.uploadUrl({ tenantId, mediaId, contentType, size, endsAtMs }, base);
    const media = { mediaId, uploaderId: userId, fileName, contentType, size, createdAt: rfc3339(nowMs) };
    const due = { partition: topics.partitionOf(tenantId, mediaId), dueAt: rfc3339(nowMs + orphanMs) };
    await store.media.add(tenantId, media, due);
    return {
      mediaId,
      upload: { ...upload, expiresAt: rfc3339(endsAtMs) },
      url: `${base}/v1/media/${mediaId}`,
    };
  }

  /**
   * Looks at what was uploaded. The same again changes nothing.
   *
   * @throws AppError media_not_found, media_not_uploaded, media_refused.
   */
  async complete(who: Who, mediaId: string, base: string): Promise<Media> {
    const row = await this.#own(who, mediaId);
    return await this.#shown(who.tenantId, await this.#deps.checks.checked(who.tenantId, row), base);
  }

  /** @throws AppError media_not_found, also where the caller may not know of it. */
  async read(who: Who, mediaId: string, base: string): Promise<Media> {
    const { tenantId, kind, userId } = who;
    const row = await this.#deps.store.media.get(tenantId, mediaId);
    if (row === null) throw new AppError("media_not_found");
    const isOwn = (kind === "server" && userId === null) || row.uploaderId === userId;
    // What nobody has looked at, and what was refused, is its uploader's to know of.
    const isSeen =
      isOwn ||
      (row.state === "ready" && userId !== null && (await mayRead(this.#deps.store, tenantId, userId, row)));
    if (!isSeen) throw new AppError("media_not_found");
    return await this.#shown(tenantId, row, base);
  }

  /** Of the caller's own; a server's are all of its tenant's. */
  async #own({ tenantId, kind, userId }: Who, mediaId: string): Promise<MediaRow> {
    const row = await this.#deps.store.media.get(tenantId, mediaId);
    if (row === null || (kind === "client" && row.uploaderId !== userId))
      throw new AppError("media_not_found");
    return row;
  }

  async #shown(tenantId: string, row: MediaRow, base: string): Promise<Media> {
    const { copy, refusal: _refusal, contentType, ...media } = row;
    const type = contentType as Media["contentType"];
    if (copy === null || row.state !== "ready")
      return { ...media, contentType: type, url: null, expiresAt: null };
    const endsAtMs = this.#deps.clock.nowMs() + limits.mediaDownloadUrlSeconds * 1_000;
    const { mediaId, fileName } = row;
    const terms = { tenantId, mediaId, copy, contentType, fileName, endsAtMs };
    const url = await this.#storage().downloadUrl(terms, base);
    return { ...media, contentType: type, url, expiresAt: rfc3339(endsAtMs) };
  }

  #storage(): MediaStorage {
    const { storage } = this.#deps;
    if (storage === null) throw new AppError("media_disabled");
    return storage;
  }
}

/** Without parameters, as types are compared. */
function essenceOf(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}
