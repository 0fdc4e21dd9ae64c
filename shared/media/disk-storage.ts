import { randomUUID } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "#shared/errors/app-error.ts";
import { mediaContentPath } from "./content-path.ts";
import { mediaFolder, uploadName } from "./media-folder.ts";
import type { TermsSigner } from "./signed-terms.ts";
import type { DownloadTerms, MediaPlace, MediaStorage, SignedUpload, UploadTerms } from "./storage.ts";

/** Files in a folder, one folder for each file. */
export class DiskStorage implements MediaStorage {
  readonly #folder: string;
  readonly #signer: TermsSigner;

  constructor(folder: string, signer: TermsSigner) {
    this.#folder = folder;
    this.#signer = signer;
  }

  async uploadUrl(terms: UploadTerms, base: string): Promise<SignedUpload> {
    const { tenantId, mediaId, contentType, size, endsAtMs } = terms;
    const grant = this.#signer.sign({ to: "put", tenantId, mediaId, contentType, size, endsAtMs });
    return { url: urlOf(base, grant), method: "PUT", headers: { "content-type": contentType } };
  }

  async downloadUrl(terms: DownloadTerms, base: string): Promise<string> {
    const { tenantId, mediaId, copy, contentType, fileName, endsAtMs } = terms;
    return urlOf(
      base,
      this.#signer.sign({ to: "get", tenantId, mediaId, copy, contentType, fileName, endsAtMs }),
    );
  }

  /**
   * Takes the bytes as they come. They are on the disk, whole, when it resolves; a part of a file is never seen.
   *
   * @throws AppError invalid_request where there are more or fewer than said.
   */
  receive(place: MediaPlace & { readonly size: number }, bytes: Readable): Promise<void> {
    return onDisk(async () => {
      const path = this.#path(place, uploadName);
      const folder = dirname(path);
      await mkdir(folder, { recursive: true });
      const part = join(folder, `part-${randomUUID()}`);
      try {
        await writeAll(part, bytes, place.size);
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await syncFolder(folder);
    });
  }

  take({
    size,
    ...place
  }: MediaPlace & { readonly copy: string; readonly size: number }): Promise<number | null> {
    return onDisk(async () => {
      const from = this.#path(place, uploadName);
      const found = await sizeOf(from);
      if (found === null || found !== size) return found;
      const to = this.#path(place, place.copy);
      // Another name for what is there now: a later upload puts another file under the first name.
      await link(from, to);
      await syncFolder(dirname(to));
      return await sizeOf(to);
    });
  }

  readHead(place: MediaPlace & { readonly copy: string }, bytesMax: number): Promise<Uint8Array> {
    return onDisk(async () => {
      const file = await open(this.#path(place, place.copy));
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(bytesMax), 0, bytesMax, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    });
  }

  /** null: there is no such copy. */
  async size(place: MediaPlace & { readonly copy: string }): Promise<number | null> {
    return await onDisk(() => sizeOf(this.#path(place, place.copy)));
  }

  stream(place: MediaPlace & { readonly copy: string }, range: { start: number; end: number }): ReadStream {
    return createReadStream(this.#path(place, place.copy), range);
  }

  clear(place: MediaPlace, keep: string | null): Promise<void> {
    return onDisk(async () => {
      const folder = this.#path(place);
      if (keep === null) return await rm(folder, { recursive: true, force: true });
      for (const name of await readdir(folder).catch(orNothing)) {
        if (name !== keep) await unlink(join(folder, name)).catch(orNothing);
      }
    });
  }

  async validate(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const probe = join(this.#folder, `probe-${randomUUID()}`);
    await (await open(probe, "wx")).close();
    await unlink(probe);
  }

  close(): void {}

  #path(place: MediaPlace, ...names: string[]): string {
    for (const name of names) {
      if (!/^[\w-]{1,64}$/.test(name)) throw new AppError("media_url_invalid");
    }
    return join(this.#folder, mediaFolder(place), ...names);
  }
}

function urlOf(base: string, grant: string): string {
  return `${base}${mediaContentPath}?grant=${grant}`;
}

async function writeAll(path: string, bytes: Readable, size: number): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    let written = 0;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > size) break;
      await file.writeFile(chunk);
    }
    if (written !== size) {
      throw new AppError("invalid_request", `The body must have ${size} bytes, as the grant says.`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the name is still there after a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return await stat(path).then(
    ({ size }) => size,
    (error: unknown) => {
      orNothing(error);
      return null;
    },
  );
}

function orNothing(error: unknown): never[] {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  return [];
}

/** What the disk refuses is no fault of the caller's, and may pass: it is full, or not there. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError || !isOfDisk(cause)) throw cause;
    throw new AppError("media_unavailable", undefined, { cause });
  }
}

function isOfDisk(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return typeof code === "string" && typeof syscall === "string" && !["ECONNRESET", "EPIPE"].includes(code);
}
