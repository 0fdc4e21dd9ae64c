import { limits } from "#shared/limits.ts";
import type { Message, Quote } from "#shared/protocol/resources.ts";

/** What a reply to this message shows of it. */
export function quoteOf({ id, senderId, kind, body, attachments, deletedAt }: Message): Quote {
  return { messageId: id, senderId, kind, body: startOf(body), attachments: attachments.length, deletedAt };
}

/** By code points, so that no character outside the first plane is cut in two. */
function startOf(body: string | null): string | null {
  if (body === null || body.length <= limits.quoteCodePointsMax) return body;
  let end = 0;
  for (let points = 0; points < limits.quoteCodePointsMax && end < body.length; points++) {
    end += (body.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return body.slice(0, end);
}
