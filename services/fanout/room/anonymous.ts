import type { Call } from "#shared/protocol/calls.ts";
import type { DurableEvent } from "#shared/protocol/events.ts";
import { callIdentityOf } from "#shared/protocol/ids.ts";

/** A user, and who stands in its place. */
export interface Replacing {
  readonly userId: string;
  readonly pseudonym: string;
}

export function idFor<T extends string | null>({ userId, pseudonym }: Replacing, id: T): T {
  return (id === userId ? pseudonym : id) as T;
}

export function idsFor(of: Replacing, ids: readonly string[]): string[] {
  return ids.map((id) => idFor(of, id));
}

const idFields = ["senderId", "actorId", "userId", "messageSenderId"] as const;
const idLists = ["mentions", "userIds"] as const;

/** A call where the user is somebody else; the call itself where it says nothing of the user. */
export function anonymousCall(of: Replacing, tenantId: string, call: Call): Call {
  if (call.startedBy !== of.userId && call.participants.every(({ userId }) => userId !== of.userId))
    return call;
  return {
    ...call,
    startedBy: idFor(of, call.startedBy),
    // What it said when it called.
    custom: call.startedBy === of.userId ? null : call.custom,
    participants: call.participants.map((one) =>
      one.userId === of.userId
        ? { ...one, userId: of.pseudonym, identity: callIdentityOf(tenantId, of.pseudonym) }
        : one,
    ),
  };
}

/** What an event tells where the user is somebody else; the event itself where it says nothing of the user. */
export function anonymousEvent(of: Replacing, event: DurableEvent): DurableEvent {
  const fields: Record<string, unknown> = { ...event };
  for (const name of idFields) if (fields[name] === of.userId) fields[name] = of.pseudonym;
  for (const name of idLists) {
    const ids = fields[name] as readonly string[] | undefined;
    if (ids?.includes(of.userId)) fields[name] = idsFor(of, ids);
  }
  if (event.type === "room.created" && event.members.some(({ userId }) => userId === of.userId)) {
    fields.members = event.members.map((member) => ({ ...member, userId: idFor(of, member.userId) }));
  }
  if ("call" in event) fields.call = anonymousCall(of, event.tenantId, event.call);
  const isOwn = "senderId" in event && event.senderId === of.userId;
  // With it the message's id would tell, to whoever guesses, whose it was.
  if (isOwn && "clientId" in event) fields.clientId = null;
  const isMember = "userId" in event && event.userId === of.userId;
  if (isMember && "custom" in event) fields.custom = null;
  const isSame = Object.entries(fields).every(([name, value]) => event[name as keyof DurableEvent] === value);
  return isSame ? event : (fields as DurableEvent);
}
