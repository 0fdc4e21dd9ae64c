import { limits } from "#shared/limits.ts";
import { unreadRules } from "./unread-rules.ts";

interface Convention {
  readonly title: string;
  /** Paragraphs in which `backticks` mark code. */
  readonly text: readonly string[];
  /** Below them; the first row is its head. */
  readonly table?: readonly (readonly string[])[];
}

/** What holds for every call, said once. */
export const conventions: readonly Convention[] = [
  {
    title: "Three steps",
    text: [
      "Keep your user system: user ids and room ids are your own strings, such as `user_42` and `order_8f2a`.",
      "Issue sessions from your server: it trades its API key for a short-lived token by `POST /v1/auth/token` and hands the token to the client.",
      "Ship your own UI: the client connects to `GET /v1/connect` with the token, and shows the rooms, messages and events it is sent.",
    ],
  },
  {
    title: "Form",
    text: [
      "Requests and answers are JSON in UTF-8, whatever the `content-type` says. Field names are camelCase. A field we do not know is refused, so that a typo never passes silently. No body is the same as `{}`.",
      `Ids of users, rooms and tenants are your own strings: 1–${limits.idCharsMax} characters of \`A-Z a-z 0-9 _ - . : @ |\`, URL-encoded in paths.`,
      "Times are RFC 3339 in UTC with milliseconds: `2026-03-14T09:26:53.589Z`.",
      "Text is kept exactly as sent. Its length is counted in Unicode code points. The size of `custom` is counted in bytes of its JSON in UTF-8.",
      "Lists answer `{items, next}`. `next` is null on the last page.",
    ],
  },
  {
    title: "Order",
    text: [
      "`seq` numbers what happens in a room: 1, 2, 3, … with no holes. It is the cursor for catching up. `number` does the same for the room's messages: pages and markers count in it. Both are assigned once, in one place.",
      "A write is answered with 201 or 200 once it is in the history. Where that takes more than two seconds the answer is 202: it is durable and will be applied.",
      "A message carries a `clientId` that you choose. Sending it again, however often, returns the original and creates nothing.",
    ],
  },
  {
    title: "Files",
    text: [
      "`POST /v1/media` gives a signed URL for one upload; send the bytes there as `upload` says, then name `mediaId` in an attachment of a message. The file is checked then, or when you ask by `POST /v1/media/{mediaId}/complete`, and the message says what was found: name, type, size, and the width and height of a picture.",
      `Whoever sees the message gets a URL of the bytes by \`GET /v1/media/{mediaId}\`, good for ${limits.mediaDownloadUrlSeconds / 60} minutes and fit for an \`<img>\`; opened, it is saved as a file. A file that no message names is removed after a day.`,
    ],
  },
  {
    title: "How long it is kept",
    text: [
      `All is kept for ever unless the operator says otherwise: \`retention\` of a tenant's settings has, for \`direct\` and \`group\` rooms, how many seconds a message is kept, and a room after it was closed. What is older goes for good, by default within an hour: from the history, threads, pins, exports and deliveries of webhooks, with its files. \`messages.expired\` says up to which number; what is gone is unread for nobody, and \`number\` and \`seq\` go on as they were. A client that catches up from before gets a \`room.gap\`.`,
      `Whatever the tenant says, events are kept for catching up for ${limits.eventRetentionSeconds / 86_400} days, deliveries of webhooks for ${limits.webhookLogRetentionSeconds / 86_400}, and reports for ${limits.reportRetentionSeconds / 86_400}; a report loses its message when that goes.`,
    ],
  },
  {
    title: "Unread",
    text: [
      "The server owns the count: `unread` of a room is in every list, in the handshake and on every `message.created`, `receipt.read` and `receipt.unread` over WebSocket, and is the same in all of them. `unreadTotal` is the sum over the user's open rooms that are not muted. Markers are forward only, and what is read is delivered.",
    ],
    table: [["what happens", "unread"], ...unreadRules.map(({ what, effect }) => [what, effect])],
  },
  {
    title: "Errors",
    text: [
      "Every error is `{error: {code, message, retryable, requestId, retryAfterMs?, details?}}`. `code` is one of a closed catalogue; `details` names each bad field. A thing of another tenant is the same as one that does not exist: 404.",
      "429 and 503 carry `retry-after`, and `retryAfterMs` in the body. Answers to servers and clients say by `ratelimit-limit`, `ratelimit-remaining` and `ratelimit-reset` (seconds) how much is left of the limit that is nearest; `GET /v1/limits` says what holds.",
    ],
  },
];
