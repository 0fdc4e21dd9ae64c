import { AppError } from "#shared/errors/app-error.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import type { MessagePost } from "#shared/protocol/requests.ts";
import type { TenantSettings } from "#shared/protocol/tenant-settings.ts";

type Content = Omit<MessagePost, "clientId">;
type MessageFields = Pick<
  CreateMessage,
  "kind" | "body" | "attachments" | "mentions" | "replyToId" | "custom" | "silent"
>;

/**
 * What the schema cannot say of a message: there is something in it, and its custom data is not too large.
 *
 * @throws AppError invalid_request.
 */
export function messageFields(content: Content): MessageFields {
  const { kind = "text", body = null, attachments = [], custom = null } = content;
  const says =
    (body !== null && body !== "") || attachments.length > 0 || (kind === "custom" && custom !== null);
  if (!says) {
    throw refused(
      "/body",
      kind === "custom" ? "must have body, attachments or custom" : "must have body or attachments",
    );
  }
  assertCustomFits(custom, "/custom");
  for (const [index, attachment] of attachments.entries()) {
    assertCustomFits(attachment.custom ?? null, `/attachments/${index}/custom`);
    // Whose file is it then?
    if (attachment.mediaId !== undefined && attachment.url !== undefined) {
      throw refused(`/attachments/${index}/url`, "must not be there beside mediaId");
    }
  }
  return {
    kind,
    body,
    attachments,
    mentions: content.mentions ?? [],
    replyToId: content.replyToId ?? null,
    custom,
    silent: content.silent ?? false,
  };
}

/**
 * That a message is no larger than its tenant wants them, by the same units as the bounds of the product.
 *
 * @throws AppError invalid_request.
 */
export function assertFitsTenant(
  { body = null, attachments = [], custom }: Pick<Content, "body" | "attachments" | "custom">,
  settings: Pick<TenantSettings, "messageBodyCodePoints" | "messageAttachments" | "messageCustomBytes">,
): void {
  const { messageBodyCodePoints, messageAttachments, messageCustomBytes } = settings;
  // A code point has one or two UTF-16 units: mostly there is nothing to count.
  const isLong = body !== null && body.length > messageBodyCodePoints;
  if (isLong && [...body].length > messageBodyCodePoints) {
    throw refused("/body", `must not have more than ${messageBodyCodePoints} characters`);
  }
  if (attachments.length > messageAttachments) {
    throw refused("/attachments", `must not have more than ${messageAttachments} items`);
  }
  assertCustomFits(custom, "/custom", messageCustomBytes);
  for (const [index, attachment] of attachments.entries()) {
    assertCustomFits(attachment.custom, `/attachments/${index}/custom`, messageCustomBytes);
  }
}

/** The pattern lets the 30th of February through. */
export function assertRealTime(time: string | null | undefined, path: string): void {
  if (time == null) return;
  const ms = Date.parse(time);
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== time)
    throw refused(path, "must be a time that exists");
}

export function refused(path: string, message: string): AppError {
  return new AppError("invalid_request", undefined, { details: [{ path, message }] });
}
