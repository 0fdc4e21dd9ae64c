import fc from "fast-check";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { closeCodes, standardCloseCodes } from "#shared/errors/close-codes.ts";
import { serverFrames } from "#shared/protocol/frames.ts";
import { durableSocketEvents, transientSocketEvents } from "#shared/protocol/socket-events.ts";
import { BareClient, type Frame } from "#test/scenarios/bare-client.ts";
import { expectErrorShape } from "#test/scenarios/documented-answer.ts";
import { frames, type Names, namesOfNothing } from "#test/scenarios/isolation-cases.ts";
import { shareDeployment } from "#test/scenarios/stage.ts";

const stage = shareDeployment("standalone");

const checks = new Map(
  [...serverFrames, ...durableSocketEvents, ...transientSocketEvents].map((schema) => [
    (schema.properties.type as { const: string }).const,
    Compile(schema),
  ]),
);
const closes = new Set<number>([
  ...Object.values(closeCodes).map(({ code }) => code),
  ...Object.keys(standardCloseCodes).map(Number),
]);

/** What goes over a socket: text, or bytes in a binary frame. */
type Sent = string | Uint8Array;

/** Frames of the contract, some with one field that is missing, another's, or anything at all; and what is no frame. */
function frameOf(names: Names, token: string): fc.Arbitrary<Sent> {
  const good = Object.entries(frames).map(([type, fieldsOf]) => ({
    type,
    ref: "r",
    ...fieldsOf?.(names, token),
  }));
  const fields = [...new Set(good.flatMap((frame) => Object.keys(frame)))];
  const broken = fc
    .tuple(
      fc.constantFrom(...good),
      fc.constantFrom(...fields),
      fc.option(fc.jsonValue(), { nil: undefined }),
    )
    .map(([frame, field, value]) => JSON.stringify({ ...frame, [field]: value }));
  return fc.oneof(
    { weight: 6, arbitrary: broken },
    { weight: 2, arbitrary: fc.constantFrom(...good).map((frame) => JSON.stringify(frame)) },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()) },
  );
}

function expectDocumentedFrame(frame: Frame): void {
  const check = checks.get(frame.type);
  const text = JSON.stringify(frame);
  expect(check?.Check(frame), text).toBe(true);
  if (frame.error === undefined) return;
  expectErrorShape(frame.error, text);
  expect(frame.error.code, text).not.toBe("internal");
}

test("whatever is sent, a socket answers by the served document or closes by the table, and others go on", async () => {
  const tenant = await stage.tenant();
  const roomId = await tenant.room(["ada", "bob"]);
  const { body: message } = await tenant.as("bob").post<{ id: string }>(`/v1/rooms/${roomId}/messages`, {
    body: "first",
  });
  const names = {
    ...namesOfNothing(),
    tenantId: tenant.tenantId,
    roomId,
    userId: "ada",
    messageId: message.id,
  };
  const token = await tenant.token("ada");
  const bystander = await tenant.connect("bob");

  const story = fc.tuple(fc.boolean(), fc.array(frameOf(names, token), { minLength: 1, maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(story, async ([connects, sent]) => {
      const client = await BareClient.open(tenant.url);
      if (connects) await client.connect(token);
      for (const data of sent) client.sendRaw(data, { binary: typeof data !== "string" });
      // Answered, or closed meanwhile: both say that everything before was looked at.
      if (connects) await client.settled().catch(() => undefined);
      await client.close();
      const { code } = await client.closed;
      expect(closes.has(code) || code === 1000 || code === 1005, `closed with ${code}`).toBe(true);
      expect(code).not.toBe(closeCodes.internal.code);
      for (const frame of client.frames) expectDocumentedFrame(frame);
    }),
    { numRuns: 150 },
  );

  await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body: "and last" });
  await bystander.message(roomId, "and last");
  for (const frame of bystander.frames) expectDocumentedFrame(frame);
  await bystander.close();
}, 120_000);
