import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { Custom } from "./custom.ts";
import { CallId, RoomId, UserId } from "./ids.ts";
import { TimeText as Time } from "./time.ts";

/** Voice and video in a room. Media goes through LiveKit; who calls whom, and how it ends, is the room's. */

const strict = { additionalProperties: false } as const;
const timeOrNull = (description: string) => Type.Union([Time, Type.Null()], { description });

export const CallRegion = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]{0,30}$",
  description: "One of the deployment's LiveKit servers, as its operator calls it.",
});

export const CallKind = Type.Enum(["audio", "video"]);
export type CallKind = Static<typeof CallKind>;

const CallState = Type.Enum(["ringing", "active", "ended"], {
  description: "ringing: nobody has answered yet. active: somebody has. ended: for ever.",
});

export const CallReason = Type.Enum(["completed", "declined", "missed", "cancelled", "busy", "failed"], {
  description:
    "How it ended. completed: after somebody had answered. declined, busy, missed: nobody answered, and that is why. cancelled: ended before anybody had answered. failed: the server said so.",
});
export type CallReason = Static<typeof CallReason>;

/** In the order in which they are told. */
export const callSources = ["microphone", "camera", "screen_share"] as const;
export type CallSource = (typeof callSources)[number];

/** What LiveKit was seen to have of a user's devices: by asking it now and then, and at once by its webhooks. */
export const CallConnection = Type.Object(
  {
    times: Type.Integer({
      minimum: 1,
      description:
        "How often LiveKit let in a device of the user, as far as was seen: again where it came back on another device, or had to begin anew. A client that resumes where it was is the same time.",
    }),
    lastAt: timeOrNull("When it last did, by LiveKit's clock."),
    lost: Type.Integer({
      minimum: 0,
      description:
        "How often the user was out of the call without having left it: LiveKit said that the connection failed, or it was not there any more and nothing had said why.",
    }),
    published: Type.Array(Type.Enum(callSources), {
      description: "What it has sent, muted or not, as far as was seen.",
    }),
  },
  strict,
);
export type CallConnection = Static<typeof CallConnection>;

const seconds = Type.Integer({ minimum: 0, maximum: limits.callLengthMsMax / 1_000 });
/** What a user's own device says of a call, and the user. Nothing here is the server's own knowledge. */
export const qualityFields = {
  seconds: Type.Object(
    { excellent: seconds, good: seconds, poor: seconds, lost: seconds },
    {
      ...strict,
      description:
        "How long LiveKit has called the device's connection so; `lost` is also while it connected anew. Before LiveKit has said anything none of them runs.",
    },
  ),
  reconnects: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: "How often the device lost its connection and tried to get it back.",
  }),
  rating: Type.Integer({ minimum: 1, maximum: 5, description: "What the user says: 5 is best." }),
};
export const CallQuality = Type.Object(
  {
    seconds: Type.Union([qualityFields.seconds, Type.Null()]),
    reconnects: Type.Union([qualityFields.reconnects, Type.Null()]),
    rating: Type.Union([qualityFields.rating, Type.Null()]),
    reportedAt: Time,
  },
  strict,
);
export type CallQuality = Static<typeof CallQuality>;

export const CallParticipant = Type.Object(
  {
    userId: UserId,
    identity: Type.String({
      description: "What the user is called in LiveKit: nobody can tell from it who that is.",
    }),
    state: Type.Enum(["ringing", "joined", "declined", "busy", "missed", "left"]),
    joinedAt: timeOrNull("When the user last joined; null: never."),
    leftAt: timeOrNull("When the user last left; null while it has not."),
    seconds: Type.Integer({
      minimum: 0,
      description:
        "In the call, from when somebody had answered: all its stays that are over. Of a call that has ended, all.",
    }),
    connection: Type.Union([CallConnection, Type.Null()], {
      description: "What LiveKit was seen to have of its devices; null: nothing was.",
    }),
    quality: Type.Union([CallQuality, Type.Null()], {
      description: "What its device has reported, as last told; null: nothing.",
    }),
  },
  strict,
);
export type CallParticipant = Static<typeof CallParticipant>;

/** What LiveKit's egress writes down of a call. */
export const CallRecording = Type.Object(
  {
    recordingId: Type.String({ minLength: 1, maxLength: 128, description: "Of LiveKit's egress." }),
    state: Type.Enum(["active", "ended", "failed"]),
    startedAt: Time,
    endedAt: timeOrNull("null while it goes on."),
    location: Type.Union([Type.String({ maxLength: 1024 }), Type.Null()], {
      description: "Of the file, as LiveKit's egress names it; null while there is none.",
    }),
  },
  strict,
);
export type CallRecording = Static<typeof CallRecording>;

/** A call, as it is or as it ended. */
export const Call = Type.Object(
  {
    callId: CallId,
    roomId: RoomId,
    kind: CallKind,
    state: CallState,
    reason: Type.Union([CallReason, Type.Null()], { description: "Of an ended call." }),
    startedBy: UserId,
    custom: Type.Union([Custom, Type.Null()], {
      description: "As its start said; null: it said nothing. Whoever joined by calling adds none.",
    }),
    region: Type.Union([CallRegion, Type.Null()], {
      description: "Whose LiveKit server it goes through, for all its time; null: the deployment's own.",
    }),
    participants: Type.Array(CallParticipant, {
      description:
        "Who was rung and who came, the first to call first. Each user once, however often it came.",
    }),
    recordings: Type.Array(CallRecording, { description: "The oldest first." }),
    createdAt: Time,
    ringEndsAt: timeOrNull("Until when it rings those who are `ringing`; null: it rings nobody."),
    answeredAt: timeOrNull("When the first answered."),
    endedAt: timeOrNull("When it ended."),
    durationSeconds: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: "Of an ended call that was answered: from then to its end.",
    }),
  },
  strict,
);
export type Call = Static<typeof Call>;

/** How a user's device gets into a call's media. */
export const LiveKitAccess = Type.Object(
  {
    url: Type.String({ description: "Of the LiveKit server." }),
    token: Type.String({
      description: "Opens one connection, soon: ask for another by `token` where it has run out.",
    }),
  },
  strict,
);
export type LiveKitAccess = Static<typeof LiveKitAccess>;

/** A call and the way into it. */
export const CallAnswer = Type.Object(
  {
    call: Call,
    livekit: Type.Union([LiveKitAccess, Type.Null()], { description: "null: the call has ended." }),
  },
  strict,
);
export type CallAnswer = Static<typeof CallAnswer>;
