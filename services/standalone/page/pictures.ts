import type { Attachment, SendsarClient } from "#sdk/js/src/client.ts";

/** As large as a message may be; the page keeps the place before the picture is there. */
const sideMax = 240;

/** The pictures that a message names, each at once in its size. Where they are is asked for, as that is good for minutes. */
export function showPictures(client: SendsarClient, attachments: readonly Attachment[]): HTMLElement[] {
  return attachments.flatMap(({ mediaId, contentType, ...attachment }) => {
    if (mediaId === undefined || contentType?.startsWith("image/") !== true) return [];
    const picture = document.createElement("img");
    const { width = sideMax, height = sideMax, fileName = "" } = attachment;
    const scale = Math.min(1, sideMax / Math.max(width, height));
    picture.className = "picture";
    picture.alt = fileName;
    picture.title = fileName;
    picture.width = Math.max(1, Math.round(width * scale));
    picture.height = Math.max(1, Math.round(height * scale));
    client.media.get(mediaId).then(
      ({ url }) => {
        if (url !== null) picture.src = url;
      },
      () => picture.classList.add("missing"),
    );
    return [picture];
  });
}
