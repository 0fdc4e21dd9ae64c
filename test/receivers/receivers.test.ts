import { expect, onTestFinished, test } from "vitest";
import type { WebhookEndpoint } from "#shared/protocol/webhooks.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { shareDeployment } from "#test/scenarios/stage.ts";
import {
  freePort,
  layOut,
  type ReceiverFile,
  RunningReceiver,
  receiverFiles,
  removeFolder,
} from "./readme-receivers.ts";

const stage = shareDeployment("standalone");
const path = "/v1/webhooks/endpoints";

interface Place {
  readonly port: number;
  readonly url: string;
  readonly endpointId: string;
  readonly secret: string;
}

/** Started, and answering. */
async function begin(folder: string, file: ReceiverFile, { port, url }: Place, secrets: readonly string[]) {
  const receiver = await RunningReceiver.start(folder, file, { port, secrets });
  onTestFinished(() => receiver.stop());
  const tampered = await eventually(
    () =>
      fetch(url, {
        method: "POST",
        body: '{"type":"message.created"}',
        headers: {
          "webhook-id": "evt_1",
          "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
          "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
        },
      }),
    20_000,
  );
  expect(tampered.status, receiver.printed).toBe(400);
  return receiver;
}

test("the sandbox page's receiver gets deliveries with signatures that hold, and retries after it was told to fail", async () => {
  const sandbox = stage.sandbox();
  const receiver = `${stage.deployment().url}/sandbox/receiver`;
  const set = async (change: object) => {
    const answer = await fetch(receiver, { method: "POST", body: JSON.stringify(change) });
    expect(answer.status).toBe(200);
  };
  const calls = async (): Promise<string[]> => {
    const { items } = (await (await fetch(receiver)).json()) as {
      items: { attempt: string; signature: string; status: number; event: { body?: string } | null }[];
    };
    return items
      .filter(({ event }) => event?.body !== undefined)
      .map(({ attempt, signature, status, event }) => `${event?.body} ${attempt} ${signature} ${status}`);
  };
  await set({});
  const roomId = await sandbox.room(["ada", "bob"]);
  const say = (body: string) => sandbox.as("ada").post(`/v1/rooms/${roomId}/messages`, { body });
  await say("one");
  await eventually(async () => expect(await calls()).toEqual(["one 1 verified 204"]));
  await set({ failing: true });
  await say("two");
  await eventually(async () => expect(await calls()).toContain("two 1 verified 500"));
  await set({ failing: false });
  await eventually(async () => expect((await calls()).at(-1)).toMatch(/^two \d verified 204$/));
});

test("the README's receivers take what is delivered, also while their secret is rotated, and nothing else", async () => {
  const [folder, tenant] = await Promise.all([layOut(), stage.tenant()]);
  onTestFinished(() => removeFolder(folder));
  const roomId = await tenant.room(["ada", "bob"]);
  const say = async (body: string) => {
    expect((await tenant.as("ada").post(`/v1/rooms/${roomId}/messages`, { body })).status).toBe(201);
  };
  const told = (receiver: RunningReceiver, body: string) =>
    eventually(() => expect(receiver.printed).toMatch(new RegExp(`^evt_[\\w-]{22} ${roomId} ${body}$`, "m")));

  const places = new Map<ReceiverFile, Place>();
  for (const file of receiverFiles) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const { body } = await tenant.server.post<WebhookEndpoint & { secret: string }>(path, { url });
    places.set(file, { port, url, endpointId: body.endpointId, secret: body.secret });
  }
  const each = <T>(act: (file: ReceiverFile, place: Place) => Promise<T>) =>
    Promise.all([...places].map(([file, place]) => act(file, place)));

  const old = await each((file, place) => begin(folder, file, place, [place.secret]));
  await say("before 🚗");
  await Promise.all(old.map((receiver) => told(receiver, "before 🚗")));

  const rotated = new Map<ReceiverFile, string>();
  await each(async (file, { endpointId }) => {
    const { body } = await tenant.server.post<{ secret: string }>(`${path}/${endpointId}/rotate-secret`);
    rotated.set(file, body.secret);
  });
  await say("with the old secret");
  await Promise.all(old.map((receiver) => told(receiver, "with the old secret")));

  await Promise.all(old.map((receiver) => receiver.stop()));
  const renewed = await each((file, place) => begin(folder, file, place, [rotated.get(file) ?? ""]));
  await say("with the new secret");
  await Promise.all(renewed.map((receiver) => told(receiver, "with the new secret")));
}, 400_000);
