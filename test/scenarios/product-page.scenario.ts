import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { BareClient } from "./bare-client.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

/** The code that the product page shows, byte for byte. */
const snippetFile = new URL("fixtures/product-page-snippet.txt", import.meta.url);
const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: string[]
) => (...values: unknown[]) => Promise<void>;

export function productPage(stage: Stage): void {
  test("the code of the product page gets a token and connects a client, as it is", async () => {
    // With the key that a newcomer is given at the first start.
    const tenant = stage.sandbox();
    const roomId = await tenant.room(["user_42", "driver_7"]);
    const { client } = tenant.sdk("user_42");
    const heard: unknown[] = [];
    client.on("message.created", ({ body }) => heard.push(body));

    const snippet = await readFile(snippetFile, "utf8");
    const run = new AsyncFunction("API_URL", "user", "client", "process", snippet);
    const customersProcess = { env: { SENDSAR_API_KEY: tenant.apiKey } };
    await run(tenant.url, { id: "user_42", name: "Ada" }, client, customersProcess);

    expect(client.state.status).toBe("connected");
    expect([...client.rooms.keys()]).toEqual([roomId]);
    const sent = await tenant
      .as("driver_7")
      .post(`/v1/rooms/${roomId}/messages`, { body: "Driver is 2 min away" });
    expect(sent.status).toBe(201);
    await eventually(() => expect(heard).toEqual(["Driver is 2 min away"]));
    const profile = await tenant.server.get("/v1/users/user_42");
    expect(profile.body).toMatchObject({ userId: "user_42", displayName: "Ada" });
    client.disconnect();
  });

  test("a client that knows only the contract connects, sends, receives and reads history", async () => {
    const tenant = await stage.tenant();
    const roomId = await tenant.room(["user_42", "driver_7"]);
    const [user, driver] = await Promise.all([BareClient.open(tenant.url), BareClient.open(tenant.url)]);
    const connected = await user.connect(await tenant.token("user_42"));
    await driver.connect(await tenant.token("driver_7"));
    expect(connected).toMatchObject({
      type: "connected",
      sessionId: expect.any(String),
      userId: "user_42",
      tenantId: tenant.tenantId,
      rooms: [{ roomId, seq: 1, unread: 0 }],
      heartbeatSeconds: expect.any(Number),
    });

    const sent = await driver.request({
      type: "message.send",
      roomId,
      clientId: "c-1",
      body: "Driver is 2 min away",
    });
    expect(sent).toEqual({ type: "ok", ref: sent.ref, messageId: expect.any(String) });

    const event = {
      type: "message.created",
      tenantId: tenant.tenantId,
      roomId,
      seq: 2,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      messageId: sent.messageId,
      number: 1,
      senderId: "driver_7",
      body: "Driver is 2 min away",
      attachments: [],
      clientId: "c-1",
    };
    expect(await user.reached(roomId, 2)).toMatchObject({ ...event, unread: 1 });
    expect(await driver.reached(roomId, 2)).toMatchObject({ ...event, unread: 0 });

    const history = await user.request({ type: "history", roomId, limit: 10 });
    expect(history).toMatchObject({
      type: "ok",
      items: [
        {
          id: sent.messageId,
          roomId,
          seq: 2,
          number: 1,
          senderId: "driver_7",
          kind: "text",
          clientId: "c-1",
        },
      ],
      next: null,
    });
    const overRest = await (await tenant.client("user_42")).get(`/v1/rooms/${roomId}/messages`);
    expect(overRest.body).toEqual({ items: history.items, next: null });

    expect(await user.request({ type: "room.read", roomId, number: 1 })).toMatchObject({ type: "ok" });
    const receipt = await user.next(({ type }) => type === "receipt.read");
    expect(receipt).toMatchObject({ roomId, userId: "user_42", number: 1, unread: 0 });
    expect(receipt.seq).toBeUndefined();
    user.sendJson({ type: "ping", ref: 7 });
    expect(await user.next(({ type }) => type === "pong")).toEqual({ type: "pong", ref: 7 });
    await Promise.all([user.close(), driver.close()]);
  });
}
