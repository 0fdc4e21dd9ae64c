import { Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { UserId } from "../ids.ts";
import { Block, Privacy } from "../own-settings.ts";
import { PrivacyPut } from "../requests.ts";
import { Muting, strict } from "../resources.ts";
import { Applying, Done, define, listOf, none, roomPath } from "./operation.ts";

const blockedPath = Type.Object({ blockedId: UserId }, strict);

/** What users want for themselves. */
export const ownSettingsOperations = {
  getPrivacy: define({
    id: "getPrivacy",
    method: "GET",
    path: "/v1/privacy",
    service: "gateway",
    auth: "user",
    summary: "What others may know of the acting user.",
    params: none,
    query: none,
    body: null,
    responses: { 200: Privacy },
    errors: [],
  }),
  putPrivacy: define({
    id: "putPrivacy",
    method: "PUT",
    path: "/v1/privacy",
    service: "ingest",
    auth: "user",
    summary:
      "Set what others may know of the acting user; what is not named stays. What they know already is not taken back.",
    params: none,
    query: none,
    body: PrivacyPut,
    responses: { 200: Privacy },
    errors: [],
  }),
  listBlocks: define({
    id: "listBlocks",
    method: "GET",
    path: "/v1/blocks",
    service: "gateway",
    auth: "user",
    summary: "Whom the acting user blocks, by id.",
    params: none,
    query: none,
    body: null,
    responses: { 200: listOf(Block) },
    errors: [],
  }),
  putBlock: define({
    id: "putBlock",
    method: "PUT",
    path: "/v1/blocks/{blockedId}",
    service: "ingest",
    auth: "user",
    summary: `Block a user, who is not told: in a \`direct\` room it cannot send any more; in groups what it says is hidden from the acting user, live, in the history and in previews, and never counts as unread. At most ${limits.userBlocksMax}.`,
    params: blockedPath,
    query: none,
    body: null,
    responses: { 200: Block },
    errors: ["too_many_blocks"],
  }),
  deleteBlock: define({
    id: "deleteBlock",
    method: "DELETE",
    path: "/v1/blocks/{blockedId}",
    service: "ingest",
    auth: "user",
    summary: "Block a user no more.",
    params: blockedPath,
    query: none,
    body: null,
    responses: { 204: Done },
    errors: [],
  }),
  muteRoom: define({
    id: "muteRoom",
    method: "PUT",
    path: "/v1/rooms/{roomId}/mute",
    service: "ingest",
    auth: "user",
    summary: "Mute a room, for the acting user alone.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 200: Muting, 202: Applying },
    errors: ["room_not_found", "not_a_member"],
  }),
  unmuteRoom: define({
    id: "unmuteRoom",
    method: "DELETE",
    path: "/v1/rooms/{roomId}/mute",
    service: "ingest",
    auth: "user",
    summary: "Mute a room no more.",
    params: roomPath,
    query: none,
    body: null,
    responses: { 200: Muting, 202: Applying },
    errors: ["room_not_found", "not_a_member"],
  }),
} as const;
