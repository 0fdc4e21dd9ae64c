import { cameToCall } from "#shared/store/calls.ts";
import { dueOf } from "#shared/store/due.ts";
import type { ChangedMessage, RoomWrite } from "#shared/store/store.ts";
import { versionOf } from "#shared/store/version.ts";
import { editsIn, retoldBy, type Step, versionsIn } from "./test-room-steps.ts";

/** What a batch of a room's steps, `from` included and `to` not, has the writer store. */
export function writeOf(
  room: { readonly tenantId: string; readonly epoch: number; readonly partition: number },
  all: readonly Step[],
  from: number,
  to: number,
): RoomWrite {
  const steps = all.slice(from, to);
  const last = steps.at(-1);
  if (last === undefined) throw new Error("nothing to write");
  const { head } = last;
  const before = all[from - 1]?.head;
  const due = dueOf(head);
  const changes = new Map(
    steps.flatMap(({ changed, position }) => (changed === null ? [] : [[changed, position]])),
  );
  const members: RoomWrite["members"][number][] = [];
  const removedMembers: RoomWrite["removedMembers"][number][] = [];
  for (const [userId, position] of changes) {
    const member = last.members.get(userId);
    if (member === undefined) removedMembers.push({ position, userId });
    else members.push({ position, member });
  }
  return {
    tenantId: room.tenantId,
    epoch: room.epoch,
    partition: room.partition,
    head,
    due: due === (before === undefined ? null : dueOf(before)) ? null : due,
    members,
    removedMembers,
    messages: steps.flatMap(({ position, message }) => (message === null ? [] : [{ position, ...message }])),
    changed: changedBy(room.epoch, steps),
    settled: changedBy(room.epoch, all.slice(0, from)),
    versions: versionsIn(steps),
    events: steps.flatMap(({ event }) => (event === null ? [] : [event])),
    forgotten: [],
    expired: steps.flatMap(({ position, expired }) => expired.map((message) => ({ position, ...message }))),
    retold: retoldBy(steps, all.slice(0, to), room.epoch),
    calls: steps.flatMap(({ call, position }) => (call === null ? [] : [{ position, ...call }])),
    callIds: steps.flatMap(({ callId, position, head: { callNumber: number } }) =>
      callId === null ? [] : [{ position, callId, number }],
    ),
    cameToCall: cameToCall(before?.call ?? null, head.call),
    listing: steps.some(({ moved }) => moved)
      ? { open: head.state !== "closed" && !head.deleted, members: [...last.members.values()] }
      : null,
  };
}

function changedBy(epoch: number, steps: readonly Step[]): ChangedMessage[] {
  return [...editsIn(steps).values()].map(({ row, position }) => ({
    ...row,
    version: versionOf(epoch, position),
  }));
}
