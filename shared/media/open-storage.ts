import type { SigningJwk } from "#shared/auth/signing-keys.ts";
import type { Clock } from "#shared/clock.ts";
import type { ConfigOf } from "#shared/config/parse.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { DiskStorage } from "./disk-storage.ts";
import { S3Storage } from "./s3-storage.ts";
import { TermsSigner } from "./signed-terms.ts";
import type { MediaStorage } from "./storage.ts";

/** Where files are kept, and what answers the signed URLs where that is a disk. */
export interface MediaBackend {
  readonly storage: MediaStorage | null;
  readonly content: { readonly disk: DiskStorage; readonly signer: TermsSigner } | null;
  /** Of the signed URLs; null: the API's own. */
  readonly origin: string | null;
}

/** No place for files: media calls are refused, and all else works. */
export const noMedia: MediaBackend = { storage: null, content: null, origin: null };

interface OpenOptions {
  readonly config: Pick<
    ConfigOf<"ingest">,
    | "s3Endpoint"
    | "s3PublicEndpoint"
    | "s3Bucket"
    | "s3Region"
    | "s3AccessKeyId"
    | "s3SecretAccessKey"
    | "s3PathStyle"
  >;
  /** Where there is no bucket; null: nowhere. */
  readonly folder: string | null;
  /** Of session tokens, from which those of signed URLs are derived. */
  readonly keys: readonly SigningJwk[];
  readonly clock: Clock;
  readonly logger: { warn(fields: object, message: string): void };
}

/**
 * The bucket where one is set, else the folder.
 *
 * @throws Error where it cannot be used as it is configured.
 */
export async function openMediaStorage(options: OpenOptions): Promise<MediaBackend> {
  const { folder, keys } = options;
  const bucket = bucketOf(options);
  if (bucket !== null) {
    await validated(bucket, options);
    const { s3PublicEndpoint, s3Endpoint } = options.config;
    const origin = new URL(s3PublicEndpoint ?? s3Endpoint ?? "").origin;
    return { storage: bucket, content: null, origin };
  }
  if (folder === null) return noMedia;
  const signer = new TermsSigner(keys.map(({ d }) => d));
  const disk = new DiskStorage(folder, signer);
  await disk.validate();
  return { storage: disk, content: { disk, signer }, origin: null };
}

function bucketOf({ config, clock }: OpenOptions): S3Storage | null {
  const { s3Endpoint, s3Bucket, s3Region, s3AccessKeyId, s3SecretAccessKey } = config;
  // Each of them needs the others: see the options.
  if (s3Endpoint === null || s3Bucket === null || s3AccessKeyId === null || s3SecretAccessKey === null)
    return null;
  const place = {
    endpoint: s3Endpoint,
    publicEndpoint: config.s3PublicEndpoint ?? s3Endpoint,
    bucket: s3Bucket,
    region: s3Region,
    accessKeyId: s3AccessKeyId,
    secretAccessKey: s3SecretAccessKey,
    pathStyle: config.s3PathStyle,
  };
  return new S3Storage(place, clock);
}

/** A bucket that is away now may come back, and nothing but media needs it. */
async function validated(bucket: S3Storage, { logger }: OpenOptions): Promise<void> {
  try {
    await bucket.validate();
  } catch (err) {
    if (!(err instanceof AppError)) throw err;
    logger.warn({ err }, "the bucket of media cannot be reached now");
  }
}
