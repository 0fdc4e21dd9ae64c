import { type Static, type TNull, type TOptional, type TUnion, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { CallRegion } from "./calls.ts";
import { Masking } from "./masking.ts";
import { MediaType } from "./media.ts";
import { nullable, strict } from "./resources.ts";
import { Retention } from "./retention.ts";

const rate = (what: string) =>
  Type.Union([Type.Integer({ minimum: 1, maximum: limits.rateOfTenantMax }), Type.Null()], {
    description: `${what}, counted on each node. null: what the deployment allows everybody.`,
  });

const window = (what: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: limits.changeWindowSecondsMax }), Type.Null()], {
    description: `For how many seconds after it was sent a user may ${what}. 0: never. null: for ever.`,
  });

/** What an operator may decide for one tenant, by name. */
const settings = {
  tokenTtlSeconds: Type.Integer({
    minimum: limits.tokenTtlSecondsMin,
    maximum: limits.tokenTtlSecondsMax,
    description: "How many seconds a session token lives where the server names no `ttlSeconds`.",
  }),
  rateRequests: rate(
    `Requests and socket writes of the tenant in ${limits.rateTenantRequestsWindowSeconds} s`,
  ),
  rateUserMessages: rate(`Messages of one user in ${limits.rateUserSendsWindowSeconds} s`),
  rateConnectionFrames: rate(`Frames of one socket in ${limits.rateConnectionFramesWindowSeconds} s`),
  connectionsMax: Type.Union([Type.Integer({ minimum: 1, maximum: limits.socketsMax }), Type.Null()], {
    description:
      "Sockets of the tenant at a time, on each gateway. Past it a connect is `rate_limited`, and told when to try again. null: as many as there is space for.",
  }),
  editSeconds: window("edit a message of its own"),
  deleteSeconds: window("delete a message of its own"),
  ownersDelete: Type.Boolean({ description: "Whether owners of a room may delete what others say in it." }),
  calls: Type.Boolean({
    description: "Whether users may call each other. A call that runs is not ended by it.",
  }),
  callMessages: Type.Boolean({
    description: "Each call leaves a system message when it ends, such as “Missed call”.",
  }),
  callRecording: Type.Boolean({
    description: "Whether calls may be recorded, where the LiveKit deployment has egress.",
  }),
  callRegion: Type.Union([CallRegion, Type.Null()], {
    description:
      "Whose LiveKit server calls go through that name no `region`: one of `SENDSAR_LIVEKIT_SERVERS`. null: that of `SENDSAR_LIVEKIT_URL`. A call that runs stays where it is.",
  }),
  reactionsOnePerUser: Type.Boolean({
    description: "A user has one reaction to a message at most: the next takes the place of the one before.",
  }),
  messageBodyCodePoints: Type.Integer({
    minimum: 1,
    maximum: limits.bodyCodePointsMax,
    description: "Characters of a message's `body`, counted in Unicode code points.",
  }),
  messageAttachments: Type.Integer({
    minimum: 0,
    maximum: limits.attachmentsMax,
    description: "Attachments of a message. 0: none.",
  }),
  messageCustomBytes: Type.Integer({
    minimum: 0,
    maximum: limits.customBytesMax,
    description:
      "Bytes of the JSON of a message's `custom`, in UTF-8, and of that of each of its attachments. 0: none.",
  }),
  mediaBytesMax: Type.Integer({
    minimum: 1,
    maximum: limits.mediaBytesMax,
    description: "Bytes of one file.",
  }),
  mediaDayBytes: Type.Union([Type.Integer({ minimum: 1, maximum: limits.mediaDayBytesMax }), Type.Null()], {
    description:
      "Bytes of the files that the tenant may upload in a day, UTC, counted as they are granted while there is such a limit. null: none.",
  }),
  mediaTypes: Type.Union(
    [Type.Array(MediaType, { maxItems: limits.mediaTypesMax, uniqueItems: true }), Type.Null()],
    { description: "Kinds of files that are taken. null: all that the product knows. []: none." },
  ),
  masking: nullable(Masking),
  retention: Type.Union([Retention, Type.Null()], {
    description:
      "How long messages and closed rooms are kept, by the kind of room. What is older goes for good within the deployment's `SENDSAR_RETENTION_SWEEP_SECONDS`, also what was said before this was set. null: all is kept for ever.",
  }),
};

/** All that holds for a tenant. */
export const TenantSettings = Type.Object(settings, strict);
export type TenantSettings = Static<typeof TenantSettings>;

/** What holds where the operator has said nothing else. */
export const defaultSettings: TenantSettings = {
  tokenTtlSeconds: limits.tokenTtlSecondsDefault,
  rateRequests: null,
  rateUserMessages: null,
  rateConnectionFrames: null,
  connectionsMax: null,
  editSeconds: null,
  deleteSeconds: null,
  ownersDelete: true,
  calls: false,
  callMessages: false,
  callRecording: false,
  callRegion: null,
  reactionsOnePerUser: false,
  messageBodyCodePoints: limits.bodyCodePointsMax,
  messageAttachments: limits.attachmentsMax,
  messageCustomBytes: limits.customBytesMax,
  mediaBytesMax: limits.mediaBytesDefault,
  mediaDayBytes: null,
  mediaTypes: null,
  masking: null,
  retention: null,
};

type Changes = {
  [Name in keyof typeof settings]: TOptional<TUnion<[(typeof settings)[Name], TNull]>>;
};

/** Some of them, each as a whole; the others stay as they are. null: the default again. */
export const TenantSettingsPatch = Type.Object(
  Object.fromEntries(
    Object.entries(settings).map(([name, schema]) => [name, Type.Optional(nullable(schema))]),
  ) as Changes,
  strict,
);
export type TenantSettingsPatch = Static<typeof TenantSettingsPatch>;

/** What differs from the defaults, after a change. */
export function changedSettings(
  chosen: Partial<TenantSettings>,
  patch: TenantSettingsPatch,
): Partial<TenantSettings> {
  return Object.fromEntries(Object.entries({ ...chosen, ...patch }).filter(([, value]) => value !== null));
}
