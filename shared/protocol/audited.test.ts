import { expect, test } from "vitest";
import { audited } from "./audited.ts";
import { operationList } from "./operations.ts";

/** Calls of servers and operators that write, and after which everybody may do what it could before. */
const changesNoAccess = [
  // A session for a user that its server vouches for, as often as one begins.
  "createToken",
  "putUser",
  "createMessage",
  "updateMessage",
  "deleteMessage",
  "pinMessage",
  "unpinMessage",
  "testWebhookEndpoint",
  "replayWebhookEndpoint",
  "retryWebhookDelivery",
  "replayDeadLetter",
];

test("a call of a server or an operator that writes is in the audit log, or changes no access", () => {
  const writes = operationList.filter(
    // What is for a user alone is that user's own to do.
    ({ method, auth }) => method !== "GET" && (auth === "server" || auth === "operator" || auth === "any"),
  );
  const known = [...Object.keys(audited), ...changesNoAccess];
  expect(known.toSorted()).toEqual(writes.map(({ id }) => id).toSorted());
});
