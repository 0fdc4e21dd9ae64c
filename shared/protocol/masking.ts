import { type Static, Type } from "typebox";
import { limits } from "#shared/limits.ts";
import { ContactKind, contactKinds } from "./contact-kind.ts";
import type { RoomId } from "./ids.ts";
import { strict } from "./resources.ts";
import { matchesRoomPattern, RoomPattern, roomPatternDoc } from "./room-pattern.ts";

/** How people could reach each other elsewhere, and what is done about it. */

const HostName = Type.String({
  maxLength: 253,
  pattern: "^[a-z0-9-]+(\\.[a-z0-9-]+)+$",
  description: "Links to it and to its parts stay as they are, such as those to your own site and files.",
});

const shared = {
  find: Type.Array(ContactKind, { minItems: 1, maxItems: contactKinds.length, uniqueItems: true }),
  action: Type.Enum(["mask", "refuse", "flag"], {
    description:
      "mask: \u2022\u2022\u2022 stands in its place, everywhere and for ever. refuse: the message is refused with `contact_details_refused`. flag: a message is said as it is, and waits in the queue of reports with what was found; all else stays.",
  }),
  allowedHosts: Type.Optional(Type.Array(HostName, { maxItems: limits.maskingHostsMax })),
  customFields: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: limits.nameCodePointsMax }), {
      maxItems: limits.maskingFieldsMax,
      description:
        "Fields of `custom`, of messages, their attachments and calls, that your UI shows as text. All others are your data, and are not looked at.",
    }),
  ),
};

/** What an operator decides for a tenant. */
export const Masking = Type.Object(
  {
    ...shared,
    direct: Type.Boolean({ description: "In all direct rooms." }),
    roomPattern: Type.Union([RoomPattern, Type.Null()], {
      description: `Also in rooms of any type with such an id. ${roomPatternDoc}`,
    }),
  },
  {
    ...strict,
    description:
      "What people say that is a way to reach each other elsewhere. Of messages and edits by users, and by servers in their name; in texts, titles, types and URLs of attachments, names of rooms, reactions and what is added to calls. What a server says for nobody stays.",
  },
);
export type Masking = Static<typeof Masking>;

/** The part of it that the room's writer needs: in the command, so that a replay comes to the same. */
export const MaskingRules = Type.Object(
  {
    ...shared,
    rooms: Type.Enum(["all", "direct"], { description: "direct: it holds only where the room is direct." }),
  },
  strict,
);
export type MaskingRules = Static<typeof MaskingRules>;

/** What of a tenant's rules may hold in a room, of which only the id is known. */
export function maskingIn(
  masking: Masking | null,
  roomId: Static<typeof RoomId>,
): { masking?: MaskingRules } {
  if (masking === null) return {};
  const { direct, roomPattern, ...rules } = masking;
  const isChosen = roomPattern !== null && matchesRoomPattern(roomPattern, roomId);
  if (!isChosen && !direct) return {};
  return { masking: { ...rules, rooms: isChosen ? "all" : "direct" } };
}
