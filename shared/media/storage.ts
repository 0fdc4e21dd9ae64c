/** Which file of which tenant. */
export interface MediaPlace {
  readonly tenantId: string;
  readonly mediaId: string;
}

/** What an upload must be, to the byte. */
export interface UploadTerms extends MediaPlace {
  readonly contentType: string;
  readonly size: number;
  /** The URL is good until then. */
  readonly endsAtMs: number;
}

/** What a download is given as. */
export interface DownloadTerms extends MediaPlace {
  /** The copy that was checked. */
  readonly copy: string;
  readonly contentType: string;
  readonly fileName: string;
  readonly endsAtMs: number;
}

export interface SignedUpload {
  readonly url: string;
  readonly method: "PUT" | "POST";
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Where files are: `disk-storage.ts` and `s3-storage.ts`.
 *
 * A file is uploaded to one place and kept in another, so that nobody who still has an upload URL can change what was
 * checked. Calls reject with AppError media_unavailable where it cannot be reached in time.
 */
export interface MediaStorage {
  /** @param base the API's own URL, as the caller has it. */
  uploadUrl(terms: UploadTerms, base: string): Promise<SignedUpload>;
  /**
   * Takes what was uploaded out of the uploader's reach, under the name of a copy that was never used.
   *
   * @param size what the file must have; one that differs is not copied.
   * @returns the bytes it has; null where nothing was uploaded.
   */
  take(
    place: MediaPlace & { readonly copy: string; readonly size: number; readonly contentType: string },
  ): Promise<number | null>;
  /** The first bytes of a copy. */
  readHead(place: MediaPlace & { readonly copy: string }, bytesMax: number): Promise<Uint8Array>;
  /** Attaches, never shows: the browser is told that it is a file. */
  downloadUrl(terms: DownloadTerms, base: string): Promise<string>;
  /** Removes all that there is of a file but one copy. The same again changes nothing. */
  clear(place: MediaPlace, keep: string | null): Promise<void>;
  /** Rejects with what the operator should know where this cannot be used as it is configured. */
  validate(): Promise<void>;
  close(): void;
}
