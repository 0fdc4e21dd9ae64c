import fc from "fast-check";
import { Check } from "typebox/value";
import { describe, expect, test } from "vitest";
import { ClientId, identifierPattern, MessageId, messageIdFor } from "./ids.ts";

const send = { tenantId: "acme", roomId: "order_8f2a", senderId: "user_42", clientId: "c_7d21" };
const pattern = new RegExp(identifierPattern);

describe("a message's id", () => {
  // Stored messages have these ids: another function would make every repeat of an old send a new message.
  test.each([
    [send, "msg_4fcQOQaLmCu6R1hPWlPtOz"],
    [{ ...send, senderId: null }, "msg_lvjxLMtmCwJEubtHAoTxAh"],
    [
      { tenantId: "a|b", roomId: "x:y@z", senderId: "user-1.2", clientId: "~!{}" },
      "msg_VmzC1-kflF-xJFUdq1QV30",
    ],
  ])("of %o is for ever %s", (of, id) => {
    expect(messageIdFor(of)).toBe(id);
  });

  test("differs without a clientId each time", () => {
    const anonymous = { ...send, clientId: null };
    expect(messageIdFor(anonymous)).not.toBe(messageIdFor(anonymous));
  });

  test("has the form that the protocol says, and is the same only for the same four fields", () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_\-.:@|]{1,12}$/);
    const fields = fc.record({
      tenantId: id,
      roomId: id,
      senderId: fc.option(id),
      clientId: fc.stringMatching(/^[\x21-\x7e]{1,12}$/),
    });
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(Check(MessageId, messageIdFor(a))).toBe(true);
        expect(messageIdFor(a) === messageIdFor(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe("the customer's ids", () => {
  test.each(["a", "user_42", "A-Z.a:z@x|y", "x".repeat(128)])("%s is one", (id) => {
    expect(pattern.test(id)).toBe(true);
  });

  test.each(["", "x".repeat(129), "a b", "a/b", "a\n", "\na", "é", "a%2F", "a\u0000"])("%j is none", (id) => {
    expect(pattern.test(id)).toBe(false);
  });

  test("a clientId is visible ASCII, so that it never holds the separator", () => {
    expect(Check(ClientId, "c_1~{}")).toBe(true);
    for (const bad of ["", " ", "a b", "a\n", "é", "x".repeat(129)]) expect(Check(ClientId, bad)).toBe(false);
  });
});
