import { SendsarError } from "./errors.ts";
import type { Fetch } from "./fetch.ts";
import type { Rest } from "./rest.ts";
import type { MediaGrant, MediaInfo } from "./wire.ts";

export interface UploadOptions {
  /** The file's own where it has one, else `file`. */
  readonly fileName?: string;
  /** The blob's own where it has one. */
  readonly contentType?: string;
  /** Ends the upload. */
  readonly signal?: AbortSignal;
}

interface MediaOptions {
  readonly rest: Rest;
  readonly fetch: Fetch;
  readonly uploadMsMax: number;
}

/** Files that messages name. */
export class Media {
  readonly #options: MediaOptions;

  constructor(options: MediaOptions) {
    this.#options = options;
  }

  /**
   * Uploads a file and has it checked. Then send it: `{ attachments: [{ type: "image", mediaId }] }`.
   *
   * @returns what it was found to be. Rejects with the server's refusal, `upload_failed` where the bytes did not get
   *   there, or what the network says.
   */
  async upload(file: Blob, options: UploadOptions = {}): Promise<MediaInfo> {
    const fileName = options.fileName ?? ("name" in file ? String(file.name) : "file");
    const contentType = options.contentType ?? file.type;
    const grant = await this.#options.rest.call<MediaGrant>("POST", "/v1/media", {
      fileName,
      contentType,
      size: file.size,
    });
    const { url, method, headers } = grant.upload;
    const signals = [AbortSignal.timeout(this.#options.uploadMsMax), options.signal];
    const signal = AbortSignal.any(signals.filter((each) => each !== undefined));
    const sent = await this.#options.fetch(url, { method, headers, body: file, signal });
    if (!sent.ok) {
      throw new SendsarError("upload_failed", `the upload was answered with ${sent.status ?? "an error"}`, {
        retryable: sent.status === undefined || sent.status >= 500 || sent.status === 408,
      });
    }
    return await this.#options.rest.call<MediaInfo>("POST", `/v1/media/${grant.mediaId}/complete`, {});
  }

  /** What a file is, with a URL that is good for some minutes: fit for the `src` of an image. */
  get(mediaId: string): Promise<MediaInfo> {
    return this.#options.rest.call("GET", `/v1/media/${encodeURIComponent(mediaId)}`);
  }
}
