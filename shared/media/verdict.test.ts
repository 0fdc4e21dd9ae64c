import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { imageSize } from "./image-size.ts";
import { verdictOn } from "./verdict.ts";

/** The smallest pictures of each kind. */
const pictures = {
  "image/gif": ["R0lGODlhAQABAAAAACw=", 1, 1],
  "image/jpeg": [
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=",
    1,
    1,
  ],
  "image/webp": ["UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", 1, 1],
  "image/avif": [
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=",
    2,
    2,
  ],
} as const;

/** Of 64 by 48 pixels, by libheif 1.23, which stores 64 by 64 and cuts them. */
const turned = [
  [
    "upright",
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAABkAAgAAAAAB+wABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAARW1kYXQAAAAVKAGvBBj4ynHX/+5Hz9Uk/aAkhHnAAAAABkV4aWYAAE1NACoAAAAIAAEBEgADAAAAAQABAAAAAAAA",
    64,
    48,
  ],
  [
    "turned by a quarter",
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAABkAAgAAAAACBQABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAEVtZGF0AAAAFSgBrwQY+Mpx1//uR8/VJP2gJIR5wAAAAAZFeGlmAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==",
    48,
    64,
  ],
  [
    "upside down",
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAABkAAgAAAAACBQABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AgAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAEVtZGF0AAAAFSgBrwQY+Mpx1//uR8/VJP2gJIR5wAAAAAZFeGlmAABNTQAqAAAACAABARIAAwAAAAEAAwAAAAAAAA==",
    64,
    48,
  ],
  [
    "turned by three quarters",
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB7AABAAAAAAAAABkAAgAAAAACBQABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AQAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAEVtZGF0AAAAFSgBrwQY+Mpx1//uR8/VJP2gJIR5wAAAAAZFeGlmAABNTQAqAAAACAABARIAAwAAAAEACAAAAAAAAA==",
    48,
    64,
  ],
  [
    "turned and mirrored",
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAdJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB9gABAAAAAAAAABkAAgAAAAACDwABAAAAAAAAACQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABEWlwcnAAAADvaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAAAAlpbWlyAQAAABppcG1hAAAAAAAAAAEAAQeBAgMFhIaHAAAAGmlyZWYAAAAAAAAADmNkc2MAAgABAAEAAABFbWRhdAAAABUoAa8EGPjKcdf/7kfP1ST9oCSEecAAAAAGRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAUAAAAAAAA=",
    48,
    64,
  ],
] as const;

const verdict = (contentType: string, head: Uint8Array, bytes = head.length) =>
  verdictOn({ contentType, announcedBytes: bytes, bytes, head });

describe("a picture", () => {
  test.each(Object.entries(pictures))(
    "%s has the size that it says",
    async (contentType, [text, ...size]) => {
      const [width, height] = size;
      expect(await verdict(contentType, Buffer.from(text, "base64"))).toEqual({
        good: true,
        size: { width, height },
      });
    },
  );

  test("a WebP without loss, or of several parts, has a size as well", () => {
    const lossless = Buffer.from("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", "base64");
    expect(imageSize("image/webp", lossless)).toEqual({ width: 1, height: 1 });
    const extended = Buffer.alloc(30);
    extended.write("VP8X", 12);
    extended.writeUIntLE(1_999, 24, 3);
    extended.writeUIntLE(999, 27, 3);
    expect(imageSize("image/webp", extended)).toEqual({ width: 2_000, height: 1_000 });
  });

  test("what a camera says before the size of a JPEG is stepped over", () => {
    const jpeg = Buffer.from(pictures["image/jpeg"][0], "base64");
    const exif = Buffer.alloc(65_537);
    exif.writeUInt16BE(0xffe1, 0);
    exif.writeUInt16BE(65_535, 2);
    const padded = Buffer.concat([jpeg.subarray(0, 2), exif, exif, jpeg.subarray(2)]);
    expect(imageSize("image/jpeg", padded)).toEqual({ width: 1, height: 1 });
    expect(imageSize("image/jpeg", padded.subarray(0, 100_000))).toBeNull();
  });

  test.each([
    [1, "II", 2, 3],
    [3, "MM", 2, 3],
    [6, "II", 3, 2],
    [8, "MM", 3, 2],
  ])("of a camera that was held as %i, said in %s, is %i by %i", (orientation, order, width, height) => {
    const isLittle = order === "II";
    const exif = new DataView(new ArrayBuffer(36));
    exif.setUint16(0, 0xffe1);
    exif.setUint16(2, 34);
    for (const [n, char] of [...`Exif\0\0${order}`].entries()) exif.setUint8(4 + n, char.charCodeAt(0));
    exif.setUint16(12, 42, isLittle);
    exif.setUint32(14, 8, isLittle);
    exif.setUint16(18, 1, isLittle);
    exif.setUint16(20, 0x0112, isLittle);
    exif.setUint16(22, 3, isLittle);
    exif.setUint32(24, 1, isLittle);
    exif.setUint16(28, orientation, isLittle);
    const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 3, 0, 2, 1, 1, 0x11, 0]);
    const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.from(exif.buffer), frame]);
    expect(imageSize("image/jpeg", jpeg)).toEqual({ width, height });
  });

  test.each(turned)("a HEIC that is %s has the size that is shown", async (_, text, width, height) => {
    const heic = Buffer.from(text, "base64");
    expect(await verdict("image/heic", heic)).toEqual({ good: true, size: { width, height } });
  });

  test("a HEIC of which a little is shown is as large as what is stored of it", async () => {
    const heic = Buffer.from(turned[0][1], "base64");
    const stored = heic.indexOf("ispe");
    heic.writeUInt32BE(60_000, stored + 8);
    heic.writeUInt32BE(60_000, stored + 12);
    expect(await verdict("image/heic", heic)).toMatchObject({ good: false });
  });

  test("a HEIC that does not say which of its pictures it is, is as large as the largest", () => {
    const heic = Buffer.from(turned[1][1], "base64");
    heic.write("xxxx", heic.indexOf("pitm"));
    expect(imageSize("image/heic", heic)).toMatchObject({ width: 64, height: 64 });
  });

  test("a HEIC of which not all is looked at is as large as what was said before", () => {
    const heic = Buffer.from(turned[1][1], "base64");
    const cut = heic.subarray(0, heic.indexOf("ipma") + 10);
    expect(imageSize("image/heic", cut)).toMatchObject({ width: 64, height: 64 });
  });

  test("of no bytes at all is one that says its size: nothing hangs or throws", () => {
    const kinds = ["png", "gif", "jpeg", "webp", "avif", "heic"].map((kind) => `image/${kind}`);
    const texts = [...Object.values(pictures), ...turned.map(([, text]) => [text] as const)];
    const seeds = texts.map(([text]) => Buffer.from(text, "base64"));
    const changed = fc.record({
      seed: fc.constantFrom(...seeds),
      changes: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        changed,
        fc.uint8Array({ maxLength: 300 }),
        (kind, of, other) => {
          const bytes = Uint8Array.from(of.seed);
          for (const [at, value] of of.changes) bytes[at] = value;
          for (const head of [bytes, other]) {
            const size = imageSize(kind, head);
            if (size !== null) expect(size.width * size.height).toBeLessThan(2 ** 64);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a file", () => {
  test("of another length than announced is refused", async () => {
    const head = Buffer.from(pictures["image/gif"][0], "base64");
    const checked = { contentType: "image/gif", announcedBytes: head.length + 1, bytes: head.length, head };
    expect(await verdictOn(checked)).toMatchObject({ good: false });
  });

  test("that is compressed is not looked into: its first bytes say what it is", async () => {
    const zip = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(100, 0xff)]);
    expect(await verdict("application/zip", zip)).toEqual({ good: true, size: null });
    expect(await verdict("application/pdf", zip)).toMatchObject({ good: false });
    const gzip = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(100)]);
    expect(await verdict("application/zip", gzip)).toMatchObject({ good: false });
  });

  test("of text is UTF-8, also where its head ends within a character", async () => {
    const text = Buffer.from("Grüße 👩‍👧, ".repeat(5));
    expect(await verdict("text/plain", text)).toEqual({ good: true, size: null });
    expect(await verdict("text/csv", text.subarray(0, 9), limits.mediaBytesMax)).toMatchObject({
      good: true,
    });
    expect(await verdict("text/plain", Buffer.from([0x61, 0xff, 0x62]))).toMatchObject({ good: false });
    expect(await verdict("text/plain", Buffer.from("a\0b"))).toMatchObject({ good: false });
  });

  test("whatever its bytes are, gets a verdict", async () => {
    const types = ["image/png", "video/mp4", "audio/mpeg", "application/pdf", "text/plain", "text/html"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), fc.uint8Array({ maxLength: 200 }), async (type, head) => {
        expect(typeof (await verdict(type, head)).good).toBe("boolean");
      }),
      { numRuns: 200 },
    );
  });
});
