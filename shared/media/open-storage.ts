import type { SigningJwk } from "#shared/auth/signing-keys.ts";
import { DiskStorage } from "./disk-storage.ts";
import { TermsSigner } from "./signed-terms.ts";
import type { MediaStorage } from "./storage.ts";

/** Where files are kept, and what answers the signed URLs where that is a disk. */
export interface MediaBackend {
  readonly storage: MediaStorage | null;
  readonly content: { readonly disk: DiskStorage; readonly signer: TermsSigner } | null;
}

/** No place for files: media calls are refused, and all else works. */
export const noMedia: MediaBackend = { storage: null, content: null };

/**
 * @param options.keys of session tokens, from which those of signed URLs are derived.
 * @throws Error where it cannot be used as it is configured.
 */
export async function openMediaStorage(options: {
  readonly folder: string | null;
  readonly keys: readonly SigningJwk[];
}): Promise<MediaBackend> {
  const { folder, keys } = options;
  if (folder === null) return noMedia;
  const signer = new TermsSigner(keys.map(({ d }) => d));
  const disk = new DiskStorage(folder, signer);
  await disk.validate();
  return { storage: disk, content: { disk, signer } };
}
