import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { Attachment } from "#shared/protocol/resources.ts";
import type { MediaRow } from "#shared/store/media-store.ts";
import type { Store } from "#shared/store/store.ts";
import { isRepeat } from "../repeats.ts";
import type { MediaChecks } from "./media-checks.ts";

export interface AttachmentsDeps {
  readonly store: Pick<Store, "media" | "findMessages">;
  readonly checks: MediaChecks;
  readonly clock: Clock;
  readonly orphanMs: number;
}

type Sent = Pick<CreateMessage, "tenantId" | "roomId" | "messageId" | "clientId" | "actor">;

/** The files that messages name. One that names none asks nobody. */
export class Attachments {
  readonly #deps: AttachmentsDeps;

  constructor(deps: AttachmentsDeps) {
    this.#deps = deps;
  }

  /**
   * Notes, before the message is sent, that it names its files. Each must be the sender's (a server's: its tenant's)
   * and good; one that was uploaded and not looked at yet is looked at now.
   *
   * @returns the attachments, with what was found of each file in place of what the sender says.
   * @throws AppError media_not_found, media_not_uploaded, media_refused, media_shared_too_often.
   */
  async named(sent: Sent, attachments: readonly Attachment[]): Promise<Attachment[]> {
    if (attachments.every(({ mediaId }) => mediaId === undefined)) return [...attachments];
    try {
      return await Promise.all(attachments.map((attachment) => this.#named(sent, attachment)));
    } catch (error) {
      if (await this.#isRepeat(sent, error)) return [...attachments];
      throw error;
    }
  }

  async #named(sent: Sent, attachment: Attachment): Promise<Attachment> {
    const { mediaId } = attachment;
    if (mediaId === undefined) return attachment;
    const { store, checks } = this.#deps;
    const { tenantId, roomId, messageId } = sent;
    const row = await store.media.get(tenantId, mediaId);
    if (row === null || !mayName(sent, row)) throw new AppError("media_not_found");
    const uses = await store.media.listUses(tenantId, mediaId, limits.mediaUsesMax);
    const isKnown = uses.some((use) => use.roomId === roomId && use.messageId === messageId);
    if (!isKnown && uses.length >= limits.mediaUsesMax) throw new AppError("media_shared_too_often");
    // Somebody may be about to remove it, as nothing names it.
    if (uses.length === 0 && this.#isOrphan(row)) throw new AppError("media_not_found");
    const { fileName, contentType, size, width, height } = await checks.checked(tenantId, row);
    if (!isKnown) await store.media.addUse(tenantId, mediaId, { roomId, messageId });
    const { width: _width, height: _height, ...said } = attachment;
    const pixels = width === null || height === null ? {} : { width, height };
    return { ...said, fileName, contentType, size, ...pixels };
  }

  #isOrphan({ createdAt }: MediaRow): boolean {
    return Date.parse(createdAt) + this.#deps.orphanMs <= this.#deps.clock.nowMs();
  }

  /** Of a message that was sent before, the original is the answer, whatever has become of its files. */
  async #isRepeat(sent: Sent, error: unknown): Promise<boolean> {
    if (!(error instanceof AppError) || error.retryable) return false;
    return isRepeat(this.#deps.store, sent);
  }
}

function mayName({ actor }: Sent, { uploaderId }: MediaRow): boolean {
  return actor.kind === "server" || uploaderId === actor.userId;
}
