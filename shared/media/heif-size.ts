import type { ImageSize } from "./image-size.ts";

/** A property of pictures, as far as it says how they are shown; null: it says something else. */
type Property =
  | { readonly is: "stored" | "cut"; readonly width: number; readonly height: number }
  | { readonly is: "turned" }
  | null;

/** What the file says of its pictures: what it is, its tiles, its small version and the like. */
interface Pictures {
  /** Which of them the file is. */
  primary: number | null;
  /** In the order in which pictures name them, from 1 on. */
  readonly properties: Property[];
  /** By picture, in the order in which they are to be applied. */
  readonly named: Map<number, readonly number[]>;
}

/**
 * Of a HEIF file (HEIC, AVIF): of the picture that it is, cut and turned as it says. One that does not say which that is,
 * or what size it has, is the largest that is there, as it is stored.
 */
export function heifSize(view: DataView): ImageSize | null {
  const pictures: Pictures = { primary: null, properties: [], named: new Map() };
  for (const box of boxesIn(view)) {
    if (box.type === "meta") for (const part of boxesIn(box.body, 4)) readWhatIsThere(pictures, part);
  }
  return shownSize(pictures);
}

interface Box {
  readonly type: string;
  /** As far as it is there. */
  readonly body: DataView;
}

/** One after the other, from a place on. */
function* boxesIn(view: DataView, from = 0): Generator<Box> {
  for (let at = from; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((n) => view.getUint8(at + n)));
    // 0: to the end of the file; 1: longer than all that is looked at.
    const end = length < 8 ? view.byteLength : Math.min(at + length, view.byteLength);
    yield { type, body: new DataView(view.buffer, view.byteOffset + at + 8, end - at - 8) };
    at = end;
  }
}

/** A box may be cut off where what is looked at ends: what it said before counts. */
function readWhatIsThere(pictures: Pictures, part: Box): void {
  try {
    read(pictures, part);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

function read(pictures: Pictures, { type, body }: Box): void {
  if (type === "pitm") pictures.primary = body.getUint8(0) === 0 ? body.getUint16(4) : body.getUint32(4);
  if (type !== "iprp") return;
  for (const part of boxesIn(body)) {
    if (part.type === "ipma") readNames(pictures.named, part.body);
    if (part.type !== "ipco") continue;
    for (const property of boxesIn(part.body)) pictures.properties.push(propertyOf(property));
  }
}

function propertyOf({ type, body }: Box): Property {
  switch (type) {
    case "ispe":
      return { is: "stored", width: body.getUint32(4), height: body.getUint32(8) };
    case "clap": {
      const [width, height] = [pixelsAt(body, 0), pixelsAt(body, 8)];
      return width === null || height === null ? null : { is: "cut", width, height };
    }
    case "irot":
      // Quarters of a turn.
      return body.getUint8(0) % 2 === 1 ? { is: "turned" } : null;
    default:
      return null;
  }
}

/** A fraction of two numbers; null where it is none. */
function pixelsAt(body: DataView, at: number): number | null {
  const pixels = Math.round(body.getUint32(at) / body.getUint32(at + 4));
  return Number.isFinite(pixels) ? pixels : null;
}

function readNames(named: Map<number, readonly number[]>, body: DataView): void {
  const isLong = body.getUint8(0) > 0;
  const isWide = (body.getUint8(3) & 1) === 1;
  const pictures = body.getUint32(4);
  let at = 8;
  for (let n = 0; n < pictures; n++) {
    const picture = isLong ? body.getUint32(at) : body.getUint16(at);
    at += isLong ? 4 : 2;
    const count = body.getUint8(at);
    at += 1;
    const places: number[] = [];
    for (let i = 0; i < count; i++) {
      // The first bit says whether a reader must understand it.
      places.push(isWide ? body.getUint16(at) & 0x7fff : body.getUint8(at) & 0x7f);
      at += isWide ? 2 : 1;
    }
    named.set(picture, places);
  }
}

function shownSize({ primary, properties, named }: Pictures): ImageSize | null {
  let largest: ImageSize | null = null;
  for (const property of properties) {
    if (property?.is !== "stored") continue;
    const { width, height } = property;
    if (largest === null || width * height > largest.width * largest.height) largest = { width, height };
  }
  if (largest === null) return null;
  const names = primary === null ? [] : (named.get(primary) ?? []);
  const shown = names.reduce<ImageSize | null>((size, place) => applied(properties[place - 1], size), null);
  return { ...(shown ?? largest), storedPixels: largest.width * largest.height };
}

function applied(property: Property | undefined, size: ImageSize | null): ImageSize | null {
  if (property == null) return size;
  if (property.is === "stored") return { width: property.width, height: property.height };
  if (size === null) return null;
  if (property.is === "turned") return { width: size.height, height: size.width };
  return { width: Math.min(size.width, property.width), height: Math.min(size.height, property.height) };
}
