import {
  alone,
  type FoundText,
  type OpenDigits,
  type Screened,
  type ShownContent,
  screenMessage,
} from "#shared/masking/screen-message.ts";
import type {
  AddReaction,
  CreateMessage,
  PatchRoom,
  StartCall,
  UpdateMessage,
} from "#shared/protocol/commands.ts";
import type { ContactKind } from "#shared/protocol/contact-kind.ts";
import type { MaskingRules } from "#shared/protocol/masking.ts";
import type { Attachment, Message } from "#shared/protocol/resources.ts";
import type { MemberRow } from "#shared/store/store.ts";
import type { RoomState } from "./state.ts";

export const contactRefusal = "It has a way to reach somebody elsewhere, which this room does not take.";

/** A message as others are to see it, by the room's rules. */
export interface Judged {
  readonly content: ShownContent<Attachment>;
  readonly kinds: readonly ContactKind[];
  readonly masked: { masked?: ContactKind[] };
  readonly isRefused: boolean;
  /** What the server is to look at; null: nothing. */
  readonly flagged: readonly FoundText[] | null;
  readonly open: OpenDigits | null;
}

/**
 * What of a new message others may see, and by which digits the sender's next may go on; null: nothing is looked for
 * here. What a server says for nobody is the customer's own word.
 */
export function judgeNew(state: RoomState, command: CreateMessage): Judged | null {
  const rules = rulesIn(state, command);
  const { userId } = command.actor;
  if (rules === null || userId === null || command.kind === "system") return null;
  const place = {
    number: state.head.number + 1,
    mentions: command.mentions,
    before: state.members.get(userId)?.openDigits ?? null,
    after: null,
  };
  return judged(command, rules, screenMessage(command, rules, place));
}

/** The same of an edit, beside the sender's messages before and after it. */
export function judgeEdit(
  state: RoomState,
  command: UpdateMessage,
  { number, mentions }: Message,
  said: Pick<Message, "body" | "custom">,
): Judged | null {
  const rules = rulesIn(state, command);
  const { userId } = command.actor;
  if (rules === null || userId === null) return null;
  const open = state.members.get(userId)?.openDigits ?? null;
  const content = { ...said, attachments: [] };
  const place = {
    number,
    mentions,
    before: open !== null && open.number < number ? open : null,
    after: open !== null && open.number > number ? open : null,
  };
  return judged(content, rules, screenMessage(content, rules, place));
}

function judged(
  said: ShownContent<Attachment>,
  { action }: MaskingRules,
  { content, kinds, found, open }: Screened<Attachment>,
): Judged {
  const isFound = kinds.length > 0;
  return {
    content: action === "mask" ? content : said,
    kinds: action === "mask" ? kinds : [],
    masked: action === "mask" && isFound ? { masked: [...kinds] } : {},
    isRefused: action === "refuse" && isFound,
    flagged: action === "flag" && isFound ? found : null,
    open,
  };
}

/** A word that all see: the name of a room, or a reaction. */
export function screenWord(state: RoomState, command: PatchRoom | AddReaction, word: string) {
  const screened = screenAlone(state, command, { body: word, custom: null });
  return screened && { text: screened.content.body, isRefused: screened.isRefused };
}

/** What a caller adds to a call, in the fields that people read. */
export function screenCall(state: RoomState, command: StartCall) {
  const screened = screenAlone(state, command, { body: null, custom: command.custom ?? null });
  return screened && { custom: screened.content.custom, isRefused: screened.isRefused };
}

/** null: it stays as it is. What is flagged is so too: only messages come into the queue of reports. */
function screenAlone(
  state: RoomState,
  command: PatchRoom | AddReaction | StartCall,
  said: Pick<ShownContent<Attachment>, "body" | "custom">,
) {
  const rules = rulesIn(state, command);
  if (rules === null || rules.action === "flag" || command.actor.userId === null) return null;
  const { content, kinds } = screenMessage({ ...said, attachments: [] }, rules, alone);
  return kinds.length === 0 ? null : { content, isRefused: rules.action === "refuse" };
}

/** The member, after a message that ended with such digits. */
export function withOpenDigits(member: MemberRow, open: OpenDigits | null): MemberRow {
  const { openDigits: _before, ...row } = member;
  return open === null ? row : { ...row, openDigits: open };
}

function rulesIn({ head }: RoomState, { masking }: { readonly masking?: MaskingRules }): MaskingRules | null {
  return masking === undefined || (masking.rooms === "direct" && head.type !== "direct") ? null : masking;
}
