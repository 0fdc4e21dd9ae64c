import { createHash } from "node:crypto";
import type { MediaPlace } from "./storage.ts";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

/** Where all of one file is kept. Of nothing but hexadecimal digits: there is no path to walk out of. */
export function mediaFolder({ tenantId, mediaId }: MediaPlace): string {
  const media = hashOf(mediaId);
  return `${hashOf(tenantId)}/${media.slice(0, 2)}/${media}`;
}

/** Under this name a file is uploaded; its copies have others. */
export const uploadName = "upload";
