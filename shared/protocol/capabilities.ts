import { type Static, Type } from "typebox";
import type { ErrorCode } from "#shared/errors/catalogue.ts";
import type { Role, RoomLifecycle, RoomType } from "./resources.ts";

/**
 * Who may do what in a room: the one table, which ingest, the room's writer and the gateway ask alike, which every
 * room carries as `capabilities` for its reader, and which the documents print. A new action is a new row.
 *
 * It is of users. A server with no acting user may do all of it; what nobody may, such as adding a third member to a
 * direct room, is no right and stays the writer's to refuse.
 */
interface Rule {
  readonly doc: string;
  /** Of a group room. */
  readonly group: readonly Role[];
  /** Of a direct room; as in a group where it is not said. */
  readonly direct?: readonly Role[];
  /** The room's states in which it can be done; all where it is not said. */
  readonly states?: readonly RoomLifecycle[];
  /** What somebody is told whose role does not do it; `forbidden` where it is not said. */
  readonly refusal?: ErrorCode;
}

const all: readonly Role[] = ["owner", "member", "readonly", "observer"];
const writers: readonly Role[] = ["owner", "member"];
const owners: readonly Role[] = ["owner"];

const rules = {
  "message.send": { doc: "Send messages.", group: writers, states: ["open"], refusal: "read_only" },
  "message.update": {
    doc: "Edit one's own messages.",
    group: writers,
    states: ["open"],
    refusal: "read_only",
  },
  "message.delete": {
    doc: "Delete one's own messages.",
    group: writers,
    states: ["open"],
    refusal: "read_only",
  },
  "message.remove": { doc: "Delete what others said.", group: owners, states: ["open"] },
  "message.pin": { doc: "Pin messages, and unpin them.", group: owners, direct: writers, states: ["open"] },
  "message.react": {
    doc: "React to messages.",
    group: writers,
    states: ["open"],
    refusal: "read_only",
  },
  "message.report": { doc: "Report what others say to the customer.", group: all },
  "typing.start": { doc: "Be shown as typing.", group: writers, states: ["open"], refusal: "read_only" },
  "call.start": {
    doc: "Call the others of the room.",
    group: writers,
    states: ["open"],
    refusal: "read_only",
  },
  "call.join": {
    doc: "Answer calls, join and leave them.",
    group: writers,
    states: ["open"],
    refusal: "read_only",
  },
  "call.end": {
    doc: "End a call for all; who began it may as well.",
    group: owners,
    direct: writers,
    states: ["open"],
    refusal: "forbidden",
  },
  "room.read": { doc: "Move one's own read marker.", group: all },
  "room.update": { doc: "Change what the room is called, its custom data and its times.", group: owners },
  "room.freeze": { doc: "Make the room read-only.", group: owners, states: ["open"] },
  "room.close": { doc: "Close the room.", group: owners, states: ["open", "frozen"] },
  "room.reopen": { doc: "Open the room again.", group: owners, states: ["frozen", "closed"] },
  "room.leave": { doc: "Leave the room.", group: all, direct: ["observer"] },
  "member.add": { doc: "Let somebody in.", group: owners, direct: [] },
  "member.update": { doc: "Change what a member is.", group: owners },
  "member.remove": { doc: "Put somebody out.", group: owners, direct: [] },
} as const satisfies Record<string, Rule>;

export type CapabilityName = keyof typeof rules;
export const capabilityNames = Object.keys(rules) as CapabilityName[];

export const Capability = Type.Enum(capabilityNames, {
  description: `What the reader may do in the room now. ${capabilityNames.map((name) => `\`${name}\`: ${rules[name].doc}`).join(" ")}`,
});
export type Capability = Static<typeof Capability>;

/** A user's place in a room: all that a right depends on. */
interface Place {
  readonly role: Role;
  readonly type: RoomType;
  readonly state: RoomLifecycle;
}

/** … and what follows from it. Of each place there is one, so that many sessions may hold it. */
export interface Standing extends Place {
  readonly capabilities: readonly Capability[];
}

const standings = new Map<string, Standing>();

export function standingOf({ role, type, state }: Place): Standing {
  const key = `${role} ${type} ${state}`;
  const known = standings.get(key);
  if (known !== undefined) return known;
  const place = { role, type, state };
  const capabilities = capabilityNames.filter((name) => refusalOf(name, place) === null);
  const standing = Object.freeze({ ...place, capabilities: Object.freeze(capabilities) });
  standings.set(key, standing);
  return standing;
}

/** Why somebody may not do this; null: may. The role counts before the state, as it is the longer answer. */
export function refusalOf(capability: CapabilityName, { role, type, state }: Place): ErrorCode | null {
  const rule: Rule = rules[capability];
  const roles = type === "direct" ? (rule.direct ?? rule.group) : rule.group;
  if (!roles.includes(role)) {
    return rule.group.includes(role) ? "room_conflict" : (rule.refusal ?? "forbidden");
  }
  if (rule.states === undefined || rule.states.includes(state)) return null;
  if (state === "open") return "room_conflict";
  return state === "closed" ? "room_closed" : "room_frozen";
}

export function ruleOf(capability: CapabilityName): Required<Omit<Rule, "refusal">> {
  const rule: Rule = rules[capability];
  return {
    doc: rule.doc,
    group: rule.group,
    direct: rule.direct ?? rule.group,
    states: rule.states ?? ["open", "frozen", "closed"],
  };
}
