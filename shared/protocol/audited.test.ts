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
  "resolveReport",
  "createMedia",
  "completeMedia",
  "endCall",
  "recordCall",
  "stopRecording",
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

test("a room that will close or freeze by itself is in it as one that is closed at once is", () => {
  const rule = audited.patchRoom;
  expect(rule?.if?.({ name: "Trip" })).toBe(false);
  for (const body of [{ closeAt: "2026-01-01T00:00:00.000Z" }, { freezeAt: null }, { state: "closed" }]) {
    expect(rule?.if?.(body)).toBe(true);
    expect(rule?.details({ ...body, name: "Trip" })).toEqual(body);
  }
});
