import { heifSize } from "./heif-size.ts";

/** Of a picture, in pixels, as it is shown: a telephone stores it as its camera was held, and says so beside it. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
  /** Where more is stored than is shown: what whoever shows it has in memory. */
  readonly storedPixels?: number;
}

/**
 * Reads the size of a picture from its first bytes. Nothing is decoded, and each step goes forward in what is there: so
 * no file takes longer than its head is long.
 *
 * @param detected what the file is by its first bytes.
 * @returns null where it does not say, or not there.
 */
export function imageSize(detected: string, head: Uint8Array): ImageSize | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    return readers[detected]?.(view) ?? null;
  } catch (error) {
    // It ends before it has said.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const readers: Readonly<Record<string, (view: DataView) => ImageSize | null>> = {
  "image/png": pngSize,
  "image/apng": pngSize,
  "image/gif": (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  "image/jpeg": jpegSize,
  "image/webp": webpSize,
  "image/avif": heifSize,
  "image/heic": heifSize,
  "image/heif": heifSize,
};

const orientationTag = 0x0112;

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

/** The first chunk is IHDR, or nobody takes it for a PNG. */
function pngSize(view: DataView): ImageSize | null {
  if (textAt(view, 12) !== "IHDR") return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Segments one after the other, each with its length, up to the one that begins a frame. */
function jpegSize(view: DataView): ImageSize | null {
  let isTurned = false;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return isTurned ? { width: height, height: width } : { width, height };
    }
    if (marker === 0xe1) isTurned = isTurnedByExif(view, at + 4);
    const length = view.getUint16(at + 2);
    // The picture itself begins, or this is no segment.
    if (marker === 0xda || length < 2) return null;
    at += 2 + length;
  }
}

/** Whether Exif data that begins here, if it is that, says to turn the picture by a quarter. */
function isTurnedByExif(view: DataView, at: number): boolean {
  if (at + 18 > view.byteLength || textAt(view, at) !== "Exif") return false;
  const tiff = at + 6;
  const isLittle = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, isLittle);
  if (directory + 2 > view.byteLength) return false;
  const entries = view.getUint16(directory, isLittle);
  for (let n = 0; n < entries; n++) {
    const entry = directory + 2 + 12 * n;
    if (entry + 12 > view.byteLength) return false;
    if (view.getUint16(entry, isLittle) !== orientationTag) continue;
    // 5 to 8 are the four that lie on their side.
    const orientation = view.getUint16(entry + 8, isLittle);
    return orientation >= 5 && orientation <= 8;
  }
  return false;
}

function webpSize(view: DataView): ImageSize | null {
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (textAt(view, 12)) {
    case "VP8X":
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}
