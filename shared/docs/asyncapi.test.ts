import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { closeCodes, standardCloseCodes } from "#shared/errors/close-codes.ts";
import { durableEvents, EventHidden, transientEvents } from "#shared/protocol/events.ts";
import { clientFrames, serverFrames } from "#shared/protocol/frames.ts";
import { asyncApiDocument } from "./asyncapi.ts";

const document = asyncApiDocument({ version: "1" });
const messages = Object.values(document.components.messages);
const titles = (schemas: readonly { title?: string; properties: { type: { const: string } } }[]) =>
  schemas.map((schema) => schema.properties.type.const);

test("the document is AsyncAPI 3.0", () => {
  const check = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false }).compile(
    specs.schemasWithoutId["3.0.0"],
  );
  check(document);
  expect(check.errors ?? []).toEqual([]);
});

test("every frame and event of the protocol is a message, and no other", () => {
  const all = [...clientFrames, ...serverFrames, ...durableEvents, EventHidden, ...transientEvents];
  expect(messages.map(({ name }) => name).sort()).toEqual(titles(all).sort());
});

test("every client frame is sent by an operation, every other message received by one", () => {
  const named = (action: string) =>
    Object.values(document.operations)
      .filter((operation) => operation.action === action)
      .flatMap((operation) => operation.messages.map(({ $ref }) => $ref.split("/").at(-1)));
  expect(named("send").sort()).toEqual(titles(clientFrames).sort());
  expect(named("receive").sort()).toEqual(
    titles([...serverFrames, ...durableEvents, EventHidden, ...transientEvents]).sort(),
  );
});

describe.each(messages)("$name", ({ summary, payload, examples }) => {
  test("is described", () => {
    expect(summary, "Describe it in its schema or in message-summaries.ts.").not.toBe("");
  });

  test("has an example that its schema admits", () => {
    const schema = { ...payload, components: document.components };
    const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      check(example.payload);
      expect(check.errors ?? []).toEqual([]);
    }
  });
});

test("every close code is listed with whether to reconnect", () => {
  const listed = document.channels.connect["x-close-codes"];
  expect(listed.map(({ code }) => code).sort()).toEqual(
    [
      ...Object.keys(standardCloseCodes).map(Number),
      ...Object.values(closeCodes).map(({ code }) => code),
    ].sort(),
  );
  for (const { code, reconnect } of listed) expect(reconnect).toBe(code < 4_500);
});

test("only over the socket does a message carry the receiver's own unread", () => {
  const payload = document.components.messages["message.created"]?.payload;
  expect(payload?.required).toContain("unread");
  const created = durableEvents.find((event) => event.properties.type.const === "message.created");
  expect(created?.properties).not.toHaveProperty("unread");
});

test.each([
  ["https://chat.acme.example", { host: "chat.acme.example", protocol: "wss" }],
  ["http://127.0.0.1:8080", { host: "127.0.0.1:8080", protocol: "ws" }],
])("a deployment at %s is reached by the matching protocol", (serverUrl, server) => {
  expect(asyncApiDocument({ version: "1", serverUrl }).servers).toEqual({ api: server });
});
