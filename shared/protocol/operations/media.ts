import { Type } from "typebox";
import { Media, MediaGrant, MediaId, MediaPost } from "../media.ts";
import { strict } from "../resources.ts";
import { Done, define, none } from "./operation.ts";

const mediaPath = Type.Object({ mediaId: MediaId }, strict);

/** All of them are answered by ingest: it alone has the keys of where files are kept. */
export const mediaOperations = {
  createMedia: define({
    id: "createMedia",
    method: "POST",
    path: "/v1/media",
    service: "ingest",
    auth: "any",
    summary:
      "Get a signed URL for one upload, of exactly this size and type. Send the bytes there, then name `mediaId` in an attachment of a message; a file that no message names is removed after a day.",
    params: none,
    query: none,
    body: MediaPost,
    responses: { 201: MediaGrant },
    errors: ["media_type_not_allowed", "media_too_large", "media_disabled", "media_unavailable"],
  }),
  completeMedia: define({
    id: "completeMedia",
    method: "POST",
    path: "/v1/media/{mediaId}/complete",
    service: "ingest",
    auth: "any",
    summary:
      "Have an upload checked now: its size, its first bytes, and the size of a picture. Not needed before a message that names it, which has it checked as well. The same again changes nothing.",
    params: mediaPath,
    query: none,
    body: null,
    responses: { 200: Media },
    errors: ["media_not_found", "media_not_uploaded", "media_refused", "media_disabled", "media_unavailable"],
  }),
  getMedia: define({
    id: "getMedia",
    method: "GET",
    path: "/v1/media/{mediaId}",
    service: "ingest",
    auth: "any",
    summary:
      "What a file is, with a short-lived URL of its bytes: for its uploader, your server, and members of the rooms in which a message names it. A browser needs no header for that URL; it saves what it opens as a file.",
    params: mediaPath,
    query: Type.Object(
      {
        redirect: Type.Optional(
          Type.Enum(["true", "false"], {
            description:
              "true: 302 to the URL. Your HTTP client must not send its Authorization header on to another host.",
          }),
        ),
      },
      strict,
    ),
    body: null,
    responses: { 200: Media, 302: Done },
    errors: ["media_not_found", "media_disabled", "media_unavailable"],
  }),
} as const;
