import { randomUUID } from "node:crypto";
import type { Counter } from "prom-client";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { MediaStorage } from "#shared/media/storage.ts";
import { verdictOn } from "#shared/media/verdict.ts";
import type { MediaOutcome, MediaRow, MediaStore } from "#shared/store/media-store.ts";

export interface MediaChecksDeps {
  readonly store: Pick<MediaStore, "settle">;
  readonly storage: MediaStorage | null;
  readonly checks: Counter<"outcome">;
  readonly logger: { warn(fields: object, message: string): void };
}

/**
 * Looks at what was uploaded, once. First it is taken out of the uploader's reach: what is looked at is what is kept.
 * Two that look at the same time take a copy each, and the one that is written down last stays.
 */
export class MediaChecks {
  readonly #deps: MediaChecksDeps;
  #underWay = 0;

  constructor(deps: MediaChecksDeps) {
    this.#deps = deps;
  }

  /**
   * @returns the file, which is good.
   * @throws AppError media_not_uploaded, media_refused, overloaded.
   */
  async checked(tenantId: string, row: MediaRow): Promise<MediaRow> {
    const outcome = row.state === "pending" ? await this.#check(tenantId, row) : row;
    if (outcome.state === "refused") throw new AppError("media_refused", outcome.refusal ?? undefined);
    return { ...row, ...outcome };
  }

  async #check(tenantId: string, row: MediaRow): Promise<MediaOutcome> {
    if (this.#underWay >= limits.mediaChecksMax) throw new AppError("overloaded");
    this.#underWay += 1;
    try {
      const outcome = await this.#lookAt(tenantId, row);
      await this.#deps.store.settle(tenantId, row.mediaId, outcome);
      this.#deps.checks.inc({ outcome: outcome.state });
      await this.#tidy(tenantId, row, outcome.copy);
      return outcome;
    } finally {
      this.#underWay -= 1;
    }
  }

  async #lookAt(tenantId: string, { mediaId, contentType, size }: MediaRow): Promise<MediaOutcome> {
    const { storage } = this.#deps;
    if (storage === null) throw new AppError("media_disabled");
    const place = { tenantId, mediaId, copy: randomUUID() };
    const bytes = await storage.take({ ...place, size, contentType });
    if (bytes === null) throw new AppError("media_not_uploaded");
    const head = bytes === size ? await storage.readHead(place, limits.mediaHeadBytesMax) : new Uint8Array();
    const verdict = await verdictOn({ contentType, announcedBytes: size, bytes, head });
    if (!verdict.good)
      return { state: "refused", copy: null, width: null, height: null, refusal: verdict.why };
    const { width = null, height = null } = verdict.size ?? {};
    return { state: "ready", copy: place.copy, width, height, refusal: null };
  }

  /** What is left over is removed once more when the file is due. */
  async #tidy(tenantId: string, { mediaId }: MediaRow, keep: string | null): Promise<void> {
    try {
      await this.#deps.storage?.clear({ tenantId, mediaId }, keep);
    } catch (err) {
      this.#deps.logger.warn({ err }, "what an upload left over could not be removed yet");
    }
  }
}
