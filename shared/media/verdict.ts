import { fileTypeFromBuffer } from "file-type";
import { limits } from "#shared/limits.ts";
import { mediaKindOf } from "#shared/protocol/media-types.ts";
import { type ImageSize, imageSize } from "./image-size.ts";

/** What was announced, and what came. */
interface Checked {
  readonly contentType: string;
  readonly announcedBytes: number;
  readonly bytes: number;
  readonly head: Uint8Array;
}

/** Whether a file is what it was said to be. */
export type Verdict =
  | { readonly good: true; readonly size: ImageSize | null }
  | { readonly good: false; readonly why: string };

const refuse = (why: string): Verdict => ({ good: false, why });

/** Looks at the length and the first bytes of a file. */
export async function verdictOn({ contentType, announcedBytes, bytes, head }: Checked): Promise<Verdict> {
  const kind = mediaKindOf(contentType);
  if (kind === undefined) return refuse("Files of this content type are not taken.");
  if (bytes !== announcedBytes)
    return refuse(`The file has ${bytes} bytes; ${announcedBytes} were announced.`);
  const detected = await detect(head);
  if (kind.detected === null) {
    return detected === null && isText(head, bytes)
      ? { good: true, size: null }
      : refuse("The file is not text in UTF-8.");
  }
  if (detected === null || !kind.detected.includes(detected)) {
    return refuse(`The file is not ${contentType} by its first bytes.`);
  }
  if (kind.isImage !== true) return { good: true, size: null };
  const size = imageSize(detected, head);
  if (size === null || size.width < 1 || size.height < 1) return refuse("The picture does not say its size.");
  const { width, height, storedPixels = width * height } = size;
  if (storedPixels > limits.mediaPixelsMax) {
    return refuse(`The picture has more than ${limits.mediaPixelsMax} pixels.`);
  }
  return { good: true, size: { width, height } };
}

/** What a file is by its first bytes; null where they do not say. What is compressed is not looked into. */
async function detect(head: Uint8Array): Promise<string | null> {
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) return "application/zip";
  if (startsWith(head, 0x1f, 0x8b)) return "application/gzip";
  try {
    return (await fileTypeFromBuffer(head))?.mime ?? null;
  } catch {
    // What cannot be read to the end of its head is nothing that is known.
    return null;
  }
}

function startsWith(head: Uint8Array, ...bytes: number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

/** A head that was cut may end within a character, which is no fault of the file's. */
function isText(head: Uint8Array, bytes: number): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: bytes > head.length });
    return true;
  } catch {
    return false;
  }
}
