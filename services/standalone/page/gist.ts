import type { CallQuality, ServerEvent } from "#sdk/js/src/client.ts";

/** An event in a few words. */
export function gistOf(event: ServerEvent): string {
  switch (event.type) {
    case "message.created":
      return `${event.senderId ?? "system"}: ${event.body ?? event.attachments.map(({ fileName }) => fileName).join(", ")}`;
    case "receipt.read":
      return `${event.userId} read up to ${event.number}`;
    case "typing.started":
    case "typing.stopped":
      return event.userId;
    case "presence.changed":
      return `${event.userId} is ${event.online ? "online" : "offline"}`;
    case "member.added":
    case "member.updated":
    case "member.removed":
      return event.userId;
    case "call.ringing":
      return `${event.userId} calls ${event.userIds.join(", ")}, ${event.kind}`;
    case "call.accepted":
    case "call.declined":
    case "call.joined":
    case "call.left":
      return event.userId;
    case "call.missed":
      return event.userIds.join(", ");
    case "call.recorded":
      return `${event.recording.state}, ${event.recording.location ?? "no file yet"}`;
    case "call.quality":
      return `${event.userId} had it ${longestOf(event.quality.seconds) ?? "unmeasured"}`;
    case "call.ended":
      return event.durationSeconds === null ? event.reason : `${event.reason}, ${event.durationSeconds} s`;
    case "message.rejected":
      return event.error.code;
    case "room.gap":
      return `${event.fromSeq} to ${event.toSeq} were missed`;
    default:
      return "";
  }
}

/** What a connection was for the longest time. */
function longestOf(seconds: CallQuality["seconds"]): string | null {
  const [longest] = Object.entries(seconds ?? {}).toSorted(([, one], [, other]) => other - one);
  return longest === undefined ? null : longest[0];
}
