/** How a kind of file is known, and what its names end with, the usual one first. */
interface MediaKind {
  /** What the file's first bytes may say that it is; null: it is text, which says nothing. */
  readonly detected: readonly string[] | null;
  readonly extensions: readonly string[];
  /** A picture, whose size is read. */
  readonly isImage?: boolean;
}

/** What zip files say of themselves: they are not looked into, as what is in them may be made to burst. */
const zipped = ["application/zip"] as const;
const office = "application/vnd.openxmlformats-officedocument";

/**
 * Every kind of file that is taken. What a browser would run (HTML, SVG, XML, scripts) is not among them, and cannot be
 * added by a tenant.
 */
export const mediaKinds = {
  "image/jpeg": { detected: ["image/jpeg"], extensions: ["jpg", "jpeg"], isImage: true },
  "image/png": { detected: ["image/png", "image/apng"], extensions: ["png"], isImage: true },
  "image/gif": { detected: ["image/gif"], extensions: ["gif"], isImage: true },
  "image/webp": { detected: ["image/webp"], extensions: ["webp"], isImage: true },
  "image/avif": { detected: ["image/avif"], extensions: ["avif"], isImage: true },
  "image/heic": { detected: ["image/heic", "image/heif"], extensions: ["heic", "heif"], isImage: true },
  "image/heif": { detected: ["image/heic", "image/heif"], extensions: ["heif", "heic"], isImage: true },
  "video/mp4": { detected: ["video/mp4", "video/x-m4v", "audio/mp4"], extensions: ["mp4", "m4v"] },
  "video/quicktime": { detected: ["video/quicktime", "video/mp4"], extensions: ["mov"] },
  "video/webm": { detected: ["video/webm", "video/matroska"], extensions: ["webm"] },
  "video/3gpp": { detected: ["video/3gpp"], extensions: ["3gp"] },
  "audio/mpeg": { detected: ["audio/mpeg"], extensions: ["mp3"] },
  "audio/mp4": { detected: ["audio/mp4", "audio/x-m4a", "video/mp4"], extensions: ["m4a", "mp4"] },
  "audio/aac": { detected: ["audio/aac"], extensions: ["aac"] },
  "audio/ogg": { detected: ["audio/ogg", "audio/ogg; codecs=opus"], extensions: ["ogg", "opus", "oga"] },
  "audio/webm": { detected: ["video/webm", "video/matroska"], extensions: ["webm", "weba"] },
  "audio/wav": { detected: ["audio/wav"], extensions: ["wav"] },
  "audio/flac": { detected: ["audio/flac"], extensions: ["flac"] },
  "application/pdf": { detected: ["application/pdf"], extensions: ["pdf"] },
  "application/zip": { detected: zipped, extensions: ["zip"] },
  [`${office}.wordprocessingml.document`]: { detected: zipped, extensions: ["docx"] },
  [`${office}.spreadsheetml.sheet`]: { detected: zipped, extensions: ["xlsx"] },
  [`${office}.presentationml.presentation`]: { detected: zipped, extensions: ["pptx"] },
  "text/plain": { detected: null, extensions: ["txt", "log"] },
  "text/csv": { detected: null, extensions: ["csv"] },
} as const satisfies Readonly<Record<string, MediaKind>>;

/** undefined: files of this type are not taken. */
export function mediaKindOf(contentType: string): MediaKind | undefined {
  return Object.hasOwn(mediaKinds, contentType)
    ? (mediaKinds as Readonly<Record<string, MediaKind>>)[contentType]
    : undefined;
}
