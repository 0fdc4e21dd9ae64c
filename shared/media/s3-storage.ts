import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Clock } from "#shared/clock.ts";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { attachmentHeader } from "./content-disposition.ts";
import { mediaFolder, uploadName } from "./media-folder.ts";
import type { DownloadTerms, MediaPlace, MediaStorage, SignedUpload, UploadTerms } from "./storage.ts";

export interface S3Place {
  readonly endpoint: string;
  /** Where clients reach it, if they do at another address. */
  readonly publicEndpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `https://host/bucket/…`; else `https://bucket.host/…`. */
  readonly pathStyle: boolean;
}

type Copy = MediaPlace & { readonly copy: string };

/** What S3 says where the thing is not there. */
const notThere = ["NotFound", "NoSuchKey"];

/**
 * Files in a bucket of any S3-compatible server. Clients send and get the bytes themselves, by URLs that are signed with
 * the length and the type of what is sent; copies are made by the server. It is asked for nothing that a simple one
 * lacks: no versions, no conditions on writes, no checksums of its own.
 */
export class S3Storage implements MediaStorage {
  readonly #client: S3Client;
  /** Signs, and never calls. */
  readonly #signer: S3Client;
  readonly #bucket: string;
  readonly #clock: Clock;

  constructor(place: S3Place, clock: Clock) {
    const { bucket, region, accessKeyId, secretAccessKey, pathStyle } = place;
    const settings = {
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: pathStyle,
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      maxAttempts: limits.mediaTriesMax,
      requestHandler: {
        connectionTimeout: limits.mediaConnectMsMax,
        requestTimeout: limits.mediaTryMsMax,
        throwOnRequestTimeout: true,
      },
    } as const;
    this.#client = new S3Client({ ...settings, endpoint: place.endpoint });
    this.#signer = new S3Client({ ...settings, endpoint: place.publicEndpoint });
    this.#bucket = bucket;
    this.#clock = clock;
  }

  async uploadUrl({ contentType, size, endsAtMs, ...place }: UploadTerms): Promise<SignedUpload> {
    const command = new PutObjectCommand({
      ...this.#key(place, uploadName),
      ContentType: contentType,
      ContentLength: size,
    });
    const url = await getSignedUrl(this.#signer, command, {
      expiresIn: this.#secondsTo(endsAtMs),
      // Whoever sends others has another signature, and is refused.
      signableHeaders: new Set(["host", "content-type", "content-length"]),
      unhoistableHeaders: new Set(["content-type", "content-length"]),
    });
    return { url, method: "PUT", headers: { "content-type": contentType } };
  }

  downloadUrl({ copy, contentType, fileName, endsAtMs, ...place }: DownloadTerms): Promise<string> {
    const command = new GetObjectCommand({
      ...this.#key(place, copy),
      ResponseContentType: contentType,
      ResponseContentDisposition: attachmentHeader(fileName, contentType),
      ResponseCacheControl: "private, max-age=300, immutable",
    });
    return getSignedUrl(this.#signer, command, { expiresIn: this.#secondsTo(endsAtMs) });
  }

  async take({
    copy,
    size,
    contentType,
    ...place
  }: Copy & { readonly size: number; readonly contentType: string }): Promise<number | null> {
    const from = this.#key(place, uploadName);
    const found = await this.#head(from);
    if (found === null || found.bytes !== size) return found?.bytes ?? null;
    const to = this.#key(place, copy);
    await this.#call((abortSignal) =>
      this.#client.send(
        new CopyObjectCommand({
          ...to,
          CopySource: `${from.Bucket}/${from.Key}`,
          MetadataDirective: "REPLACE",
          ContentType: contentType,
        }),
        { abortSignal },
      ),
    );
    // Of the copy: another upload may have come before it was made.
    return (await this.#head(to))?.bytes ?? null;
  }

  readHead({ copy, ...place }: Copy, bytesMax: number): Promise<Uint8Array> {
    return this.#call(async (abortSignal) => {
      const command = new GetObjectCommand({ ...this.#key(place, copy), Range: `bytes=0-${bytesMax - 1}` });
      const { Body } = await this.#client.send(command, { abortSignal });
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      // A server that knows no ranges sends all of it.
      for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes >= bytesMax) break;
      }
      return Buffer.concat(chunks).subarray(0, bytesMax);
    });
  }

  async clear(place: MediaPlace, keep: string | null): Promise<void> {
    const { Bucket, Key: prefix } = this.#key(place, "");
    for (let after: string | undefined; ; ) {
      const { Contents = [], IsTruncated } = await this.#call((abortSignal) =>
        this.#client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, StartAfter: after }), {
          abortSignal,
        }),
      );
      for (const { Key } of Contents) {
        if (Key === undefined || Key === `${prefix}${keep}`) continue;
        await this.#call((abortSignal) =>
          this.#client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal }),
        );
      }
      after = Contents.at(-1)?.Key;
      if (IsTruncated !== true || after === undefined) return;
    }
  }

  async validate(): Promise<void> {
    try {
      await this.#call((abortSignal) =>
        this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), { abortSignal }),
      );
    } catch (error) {
      const { name, status } = saidBy((error as Error).cause ?? error);
      if (status === 404) throw new Error(`SENDSAR_S3_BUCKET: there is no bucket ${this.#bucket}.`);
      if (status === 401 || status === 403) throw new Error("SENDSAR_S3_…: the server refuses these keys.");
      if (status === 301 || status === 400)
        throw new Error(`SENDSAR_S3_REGION or …_ENDPOINT: the server says ${name}.`);
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
    this.#signer.destroy();
  }

  async #head(key: { Bucket: string; Key: string }): Promise<{ readonly bytes: number } | null> {
    return await this.#call(async (abortSignal) => {
      try {
        const { ContentLength = 0 } = await this.#client.send(new HeadObjectCommand(key), { abortSignal });
        return { bytes: ContentLength };
      } catch (error) {
        if (notThere.includes(saidBy(error).name)) return null;
        throw error;
      }
    });
  }

  /** Any failure is one of the place where media is kept: nothing else needs it. */
  async #call<T>(work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(AbortSignal.timeout(limits.mediaCallMsMax));
    } catch (cause) {
      throw new AppError("media_unavailable", undefined, { cause });
    }
  }

  #key(place: MediaPlace, name: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${mediaFolder(place)}/${name}` };
  }

  #secondsTo(ms: number): number {
    return Math.max(1, Math.ceil((ms - this.#clock.nowMs()) / 1_000));
  }
}

function saidBy(error: unknown): { name: string; status: number | undefined } {
  const { name = "nothing", $metadata } = error as {
    name?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return { name, status: $metadata?.httpStatusCode };
}
