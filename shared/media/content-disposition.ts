import { mediaKindOf } from "#shared/protocol/media-types.ts";

/**
 * What makes a browser save a file and not open it. The name ends as files of its kind do: what was checked to be a
 * picture is not saved as a program.
 */
export function attachmentHeader(fileName: string, contentType: string): string {
  const name = namedAsKind(fileName, contentType);
  // Quotes, backslashes and what is not ASCII have no meaning that all browsers agree on.
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function namedAsKind(fileName: string, contentType: string): string {
  const extensions = mediaKindOf(contentType)?.extensions ?? [];
  const lower = fileName.toLowerCase();
  const [usual] = extensions;
  if (usual === undefined || extensions.some((extension) => lower.endsWith(`.${extension}`))) return fileName;
  return `${fileName}.${usual}`;
}
