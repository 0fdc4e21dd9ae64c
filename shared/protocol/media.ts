import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { UserId } from "./ids.ts";
import { mediaKinds } from "./media-types.ts";
import { nullable, strict, Time } from "./resources.ts";

/** Media: files that messages name. */

export const MediaId = Type.String({
  pattern: "^med_[A-Za-z0-9_-]{22}$",
  description: "A file's id. Nobody can guess it.",
});

export const MediaType = Type.Enum(Object.keys(mediaKinds) as [string, ...string[]], {
  description: "A kind of file that is taken.",
});

/**
 * What a download is saved as: no path, no control characters, and none that change the direction of what follows,
 * by which a name can be made to seem to end otherwise.
 */
export const FileName = Type.String({
  minLength: 1,
  maxLength: limits.nameCodePointsMax,
  pattern: "^[^/\\\\\\x00-\\x1f\\x7f\\u202a-\\u202e\\u2066-\\u2069]+$",
  description: `A name without a path; at most ${limits.nameCodePointsMax} Unicode code points.`,
});

export const MediaPost = Type.Object(
  {
    fileName: FileName,
    contentType: Type.String({
      minLength: 1,
      maxLength: 128,
      pattern: "^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\\s*;[\\x20-\\x7e]*)?$",
      description: "As the file's bytes will be checked. Parameters (`;codecs=…`) are left out.",
    }),
    size: Type.Integer({ minimum: 1, description: "Bytes, exactly." }),
  },
  strict,
);
export type MediaPost = Static<typeof MediaPost>;

/** Where and how a client sends the bytes. */
export const Upload = Type.Object(
  {
    url: Type.String({ description: "Signed: it takes this file's size and type, and nothing else." }),
    method: Type.Enum(["PUT", "POST"]),
    headers: Type.Record(Type.String(), Type.String(), { description: "To be sent as they are." }),
    fields: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: "Of a form, before its file." }),
    ),
    expiresAt: Time,
  },
  strict,
);
export type Upload = Static<typeof Upload>;

export const MediaGrant = Type.Object(
  {
    mediaId: MediaId,
    upload: Upload,
    url: Type.String({ description: "Where its readers ask for a download URL: `GET /v1/media/{mediaId}`." }),
  },
  strict,
);

export const Media = Type.Object(
  {
    mediaId: MediaId,
    uploaderId: nullable(UserId),
    state: Type.Enum(["pending", "ready", "refused"], {
      description: "pending: not completed. refused: what was uploaded is not what was announced.",
    }),
    fileName: FileName,
    contentType: MediaType,
    size: Type.Integer({ minimum: 1, description: "Bytes." }),
    width: nullable(Type.Integer({ minimum: 1, description: "Of a picture, in pixels." })),
    height: nullable(Type.Integer({ minimum: 1 })),
    createdAt: Time,
    url: nullable(
      Type.String({
        description:
          "Signed, for whoever has it, until `expiresAt`: fit for the `src` of an `<img>`. null unless it is ready.",
      }),
    ),
    expiresAt: nullable(Time),
  },
  strict,
);
export type Media = Static<typeof Media>;
