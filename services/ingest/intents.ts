import type { Authority } from "#shared/auth/authority.ts";
import { type Clock, rfc3339 } from "#shared/clock.ts";
import type { Commands } from "#shared/commands/append.ts";
import { AppError } from "#shared/errors/app-error.ts";
import type { Admission } from "#shared/http/admission.ts";
import { assertCustomFits } from "#shared/http/custom-fits.ts";
import { intentRefusal } from "#shared/intents/lanes.ts";
import type { RoomCommand } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Intent, IntentResult } from "#shared/protocol/intents.ts";
import { maskingIn } from "#shared/protocol/masking.ts";
import type { Store } from "#shared/store/store.ts";
import type { BeforeSend } from "./before-send/before-send.ts";
import { assertFitsTenant, messageFields } from "./content.ts";
import { assertMaySend, assertNewFits } from "./may-send.ts";
import type { Attachments } from "./media/attachments.ts";
import type { IngestMetrics } from "./metrics.ts";
import type { OwnSettings } from "./own-settings.ts";

export interface IntentDeps {
  readonly commands: Commands;
  readonly authority: Pick<Authority, "membership" | "membershipNow" | "settings">;
  readonly store: Store;
  readonly admission: Pick<Admission, "admitIntent">;
  readonly clock: Clock;
  readonly metrics: IngestMetrics;
  readonly ownSettings: OwnSettings;
  readonly attachments: Pick<Attachments, "named">;
  readonly beforeSend: Pick<BeforeSend, "message" | "edit">;
}

/**
 * Turns a batch of what sockets ask for into commands and appends them at once, in order.
 *
 * @returns one result per intent. Rejects where the append failed: nothing is known of those that passed the checks.
 */
export async function takeIntents(deps: IntentDeps, intents: readonly Intent[]): Promise<IntentResult[]> {
  const checked = await Promise.all(intents.map((intent) => checkIntent(deps, intent)));
  await deps.commands.append(checked.flatMap((one) => ("commands" in one ? one.commands : [])));
  return checked.map(({ result }) => {
    deps.metrics.intents.inc({ outcome: result.ok ? "ok" : result.code });
    return result;
  });
}

type Checked =
  | { readonly commands: readonly RoomCommand[]; readonly result: IntentResult }
  | { readonly result: IntentResult };

async function checkIntent(deps: IntentDeps, intent: Intent): Promise<Checked> {
  try {
    const { tenantId, userId, frame } = intent;
    await deps.admission.admitIntent(tenantId, userId, frame.type === "message.send" ? "send" : "other");
    switch (frame.type) {
      case "message.send":
        return await checkSend(deps, intent, frame);
      case "message.update":
      case "message.delete":
        return await checkChange(deps, intent, frame);
      case "message.pin":
      case "message.unpin":
        return await checkPin(deps, intent, frame);
      case "reaction.add":
      case "reaction.remove":
        return await checkReaction(deps, intent, frame);
      case "room.read":
      case "room.delivered":
      case "room.unread":
      case "room.mute":
        return await checkOwn(deps, intent, frame);
      case "privacy.set":
      case "user.block":
      case "user.unblock":
        return { commands: await settle(deps, intent, frame), result: { ok: true } };
    }
  } catch (error) {
    return { result: intentRefusal(error) };
  }
}

async function checkSend(
  deps: IntentDeps,
  { tenantId, userId, vouched }: Intent,
  frame: Extract<Intent["frame"], { type: "message.send" }>,
): Promise<Checked> {
  const { type: _type, ref: _ref, roomId, clientId, ...content } = frame;
  const fields = messageFields(content);
  if (fields.kind === "system") throw new AppError("forbidden", "Only a server sends system messages.");
  const messageId = messageIdFor({ tenantId, roomId, senderId: userId, clientId });
  const settings = await deps.authority.settings(tenantId);
  const command = {
    v: 1,
    type: "message.create",
    tenantId,
    roomId,
    at: rfc3339(deps.clock.nowMs()),
    actor: { kind: "client", userId },
    messageId,
    clientId,
    ...fields,
    ...maskingIn(settings.masking, roomId),
  } as const;
  await assertNewFits(deps.store, command, settings);
  if (!vouched) await assertMaySend(deps, command);
  const sayable = await deps.beforeSend.message(command);
  const attachments = await deps.attachments.named(sayable, sayable.attachments);
  return { commands: [{ ...sayable, attachments }], result: { ok: true, messageId } };
}

/** Whose the message is, only the room's owner knows for sure: a refusal reaches the user as `message.rejected`. */
async function checkChange(
  deps: IntentDeps,
  { tenantId, userId, vouched }: Intent,
  frame: Extract<Intent["frame"], { type: "message.update" | "message.delete" }>,
): Promise<Checked> {
  const { ref: _ref, ...asked } = frame;
  if (asked.type === "message.update") assertCustomFits(asked.custom, "/custom");
  if (!vouched) await deps.authority.membership(tenantId, asked.roomId, userId);
  const at = rfc3339(deps.clock.nowMs());
  const actor = { kind: "client", userId } as const;
  const settings = await deps.authority.settings(tenantId);
  if (asked.type === "message.update") assertFitsTenant(asked, settings);
  const { editSeconds, deleteSeconds, ownersDelete, masking } = settings;
  const rules =
    asked.type === "message.update"
      ? { ...asked, withinSeconds: editSeconds, ...maskingIn(masking, asked.roomId) }
      : { ...asked, withinSeconds: deleteSeconds, ownersMay: ownersDelete };
  const command = { v: 1, tenantId, at, actor, ...rules } as const;
  const sayable = command.type === "message.update" ? await deps.beforeSend.edit(command) : command;
  return { commands: [sayable], result: { ok: true } };
}

async function checkPin(
  deps: IntentDeps,
  { tenantId, userId, vouched }: Intent,
  { ref: _ref, ...asked }: Extract<Intent["frame"], { type: "message.pin" | "message.unpin" }>,
): Promise<Checked> {
  if (!vouched) await deps.authority.membership(tenantId, asked.roomId, userId);
  const at = rfc3339(deps.clock.nowMs());
  const actor = { kind: "client", userId } as const;
  return { commands: [{ v: 1, tenantId, at, actor, ...asked }], result: { ok: true } };
}

async function checkReaction(
  deps: IntentDeps,
  { tenantId, userId, vouched }: Intent,
  frame: Extract<Intent["frame"], { type: "reaction.add" | "reaction.remove" }>,
): Promise<Checked> {
  const { type, roomId, messageId, key } = frame;
  if (!vouched) await deps.authority.membership(tenantId, roomId, userId);
  const at = rfc3339(deps.clock.nowMs());
  const actor = { kind: "client", userId } as const;
  const asked = { v: 1, tenantId, roomId, at, actor, userId, messageId, key } as const;
  if (type === "reaction.remove") return { commands: [{ ...asked, type }], result: { ok: true } };
  const { reactionsOnePerUser: onePerUser, masking } = await deps.authority.settings(tenantId);
  return { commands: [{ ...asked, type, onePerUser, ...maskingIn(masking, roomId) }], result: { ok: true } };
}

/** What a user wants for itself: kept at once, and told to its rooms. */
async function settle(
  { ownSettings }: IntentDeps,
  { tenantId, userId }: Intent,
  frame: Extract<Intent["frame"], { type: "privacy.set" | "user.block" | "user.unblock" }>,
): Promise<RoomCommand[]> {
  const owner = { tenantId, userId };
  const actor = { kind: "client", userId } as const;
  if (frame.type !== "privacy.set")
    return ownSettings.setBlocked(owner, actor, frame.userId, frame.type === "user.block");
  const { type: _type, ref: _ref, ...change } = frame;
  return ownSettings.setPrivacy(owner, actor, change);
}

/** What a member does to its own place in a room. */
async function checkOwn(
  deps: IntentDeps,
  { tenantId, userId, vouched }: Intent,
  { ref: _ref, ...frame }: Extract<Intent["frame"], { number: number } | { muted: boolean }>,
): Promise<Checked> {
  const { roomId } = frame;
  if (!vouched) await deps.authority.membership(tenantId, roomId, userId);
  const at = rfc3339(deps.clock.nowMs());
  const actor = { kind: "client", userId } as const;
  return {
    commands: [{ v: 1, tenantId, at, actor, userId, ...frame }],
    result: { ok: true },
  };
}
