import { type OpenDigits, type Screened, screenMessage } from "#shared/masking/screen-message.ts";
import type { AddReaction, CreateMessage, PatchRoom, UpdateMessage } from "#shared/protocol/commands.ts";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import type { Attachment, Message } from "#shared/protocol/resources.ts";
import type { MemberRow } from "#shared/store/store.ts";
import type { RoomState } from "./state.ts";

export const contactRefusal = "It has a way to reach somebody elsewhere, which this room does not take.";

type Content = Pick<Message, "body" | "attachments" | "custom">;

/**
 * What of a new message others may see, and by which digits the sender's next may go on; null: nothing is looked for
 * here. What a server says for nobody is the customer's own word.
 */
export function screenNew(state: RoomState, command: CreateMessage): Screened<Attachment> | null {
  const rules = rulesIn(state, command);
  const { userId } = command.actor;
  if (rules === null || userId === null || command.kind === "system") return null;
  return screenMessage(command, rules, {
    number: state.head.number + 1,
    mentions: command.mentions,
    before: state.members.get(userId)?.openDigits ?? null,
    after: null,
  });
}

/** The same of an edit, beside the sender's messages before and after it. */
export function screenEdit(
  state: RoomState,
  command: UpdateMessage,
  { number, mentions }: Message,
  content: Pick<Content, "body" | "custom">,
): Screened<Attachment> | null {
  const rules = rulesIn(state, command);
  const { userId } = command.actor;
  if (rules === null || userId === null) return null;
  const open = state.members.get(userId)?.openDigits ?? null;
  return screenMessage({ ...content, attachments: [] }, rules, {
    number,
    mentions,
    before: open !== null && open.number < number ? open : null,
    after: open !== null && open.number > number ? open : null,
  });
}

/** A word that all see: the name of a room, or a reaction. */
export function screenWord(state: RoomState, command: PatchRoom | AddReaction, word: string) {
  const rules = rulesIn(state, command);
  if (rules === null || command.actor.userId === null) return null;
  const place = { number: 0, mentions: [], before: null, after: null };
  const { content, kinds } = screenMessage({ body: word, attachments: [], custom: null }, rules, place);
  return kinds.length === 0 ? null : { text: content.body, isRefused: rules.action === "refuse" };
}

/** The member, after a message that ended with such digits. */
export function withOpenDigits(member: MemberRow, open: OpenDigits | null): MemberRow {
  const { openDigits: _before, ...row } = member;
  return open === null ? row : { ...row, openDigits: open };
}

function rulesIn({ head }: RoomState, { masking }: { readonly masking?: MaskingRules }): MaskingRules | null {
  return masking === undefined || (masking.rooms === "direct" && head.type !== "direct") ? null : masking;
}
