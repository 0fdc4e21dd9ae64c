import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, test } from "vitest";
import { letterRecords } from "#shared/dead-letters/letter-records.ts";
import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedLog } from "#shared/log/embedded.ts";
import type { NewRecord } from "#shared/log/log.ts";
import { type Topics, topicsOf } from "#shared/log/topics.ts";
import type { CreateMessage } from "#shared/protocol/commands.ts";
import { messageIdFor } from "#shared/protocol/ids.ts";
import type { Message } from "#shared/protocol/resources.ts";
import type { RunningDeployment } from "#test/deployments/deployment.ts";
import { Caller } from "#test/scenarios/caller.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { Load } from "#test/scenarios/load.ts";
import { type Kind, launch, makePlace, type Place, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";

const recoveryMsMax = 20_000;
const sendsAfter = 200;
const at = "2026-01-01T00:00:00.000Z";
const run = promisify(execFile);

type Planted = Omit<NewRecord, "value"> & { readonly value: string | Buffer | null };

/** What nobody can read, in every partition, between the load's own commands. */
function poison(topics: Topics, kind: Kind): Planted[] {
  const partitions = Array.from({ length: topics.partitions }, (_, partition) => partition);
  const values: (string | Buffer | null)[] = ["{", '{"v":1,"type":"no.such"}', null];
  // Only Kafka takes bytes, and only from others.
  if (kind === "cluster") values.push(Buffer.from([0xff, 0x00, 0xfe]));
  return partitions.flatMap((partition) => [
    ...values.map((value) => ({ topic: topics.commands, partition, key: "who/knows", value })),
    { topic: topics.interest, partition, key: "nonsense", value: "[]" },
  ]);
}

/** A message that an earlier release has passed over, for a fault that this one does not have. */
function passedOver(topics: Topics, { tenantId }: Tenant, roomId: string): NewRecord[] {
  const command: CreateMessage = {
    v: 1,
    type: "message.create",
    tenantId,
    roomId,
    at,
    actor: { kind: "client", userId: "ann" },
    messageId: messageIdFor({ tenantId, roomId, senderId: "ann", clientId: "passed-over" }),
    clientId: "passed-over",
    kind: "text",
    body: "better late than never",
    attachments: [],
    mentions: [],
    replyToId: null,
    custom: null,
    silent: false,
  };
  const place = { topic: topics.commands, partition: topics.partitionOf(tenantId, roomId) };
  const record = {
    offset: 123_456,
    key: `${tenantId}/${roomId}`,
    value: JSON.stringify(command),
    timestampMs: 0,
  };
  const dead = { record, reason: "failing", error: new TypeError("a bug of then") } as const;
  return letterRecords(topics, place, dead, { service: "fanout", nowMs: 0 });
}

async function plantInKafka({ env }: Place, records: readonly Planted[]): Promise<void> {
  const brokers = (env.SENDSAR_KAFKA_BROKERS ?? "").split(",");
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  for (const { topic, partition, key, value } of records) {
    await producer.send({ topic, messages: [{ partition, key, value }] });
  }
  await producer.disconnect();
}

/** While it does not run, as the file is its own. */
async function plantInFile({ dataDir }: Place, topics: Topics, records: readonly Planted[]): Promise<void> {
  const database = openDatabase(join(dataDir, "sendsar.db"));
  const log = createEmbeddedLog({ database });
  await log.createTopics(topics.specs);
  await log.append(records.map((record) => ({ ...record, value: record.value as string | null })));
  await log.close();
  database.close();
}

describe.each<Kind>(["standalone", "cluster"])("records that nobody can read, %s", (kind) => {
  const topicsHere = ({ env }: Place) =>
    kind === "standalone"
      ? topicsOf({ prefix: "", partitions: 1, inboxPartitions: 2 })
      : topicsOf({ prefix: env.SENDSAR_TOPIC_PREFIX ?? "", partitions: 4, inboxPartitions: 8 });

  test("hold nothing up: I1 to I7 hold, an operator finds each of them, and what is replayed is processed", {
    timeout: 240_000,
  }, async () => {
    const place = await makePlace(kind);
    let deployment: RunningDeployment = await launch(kind, place);
    const topics = topicsHere(place);
    const bad = poison(topics, kind);
    const tenant = await makeTenant(deployment);
    const roomId = await tenant.room(["ann", "bob"]);
    const load = await Load.start([await makeTenant(deployment)], 10);

    const command = async (...args: string[]) => {
      const env = { PATH: process.env.PATH, SENDSAR_DATA_DIR: place.dataDir };
      const program = ["infra/dead-letters/main.ts", "--url", deployment.url, ...args];
      return (await run(process.execPath, program, { env, encoding: "buffer" })).stdout;
    };
    try {
      await load.sent(100);
      load.recorder.fault("poison", recoveryMsMax);
      const planted = [...bad, ...passedOver(topics, tenant, roomId)];
      if (kind === "cluster") {
        await plantInKafka(place, planted);
      } else {
        await deployment.stop();
        await plantInFile(place, topics, planted);
        const { port } = new URL(deployment.url);
        deployment = await launch(kind, { ...place, env: { ...place.env, SENDSAR_PORT: port } });
      }
      await load.sent(sendsAfter);
      await load.recovered(recoveryMsMax);

      const operator = new Caller(deployment.url, { "x-admin-key": deployment.adminKey });
      type Letter = {
        deadLetterId: string;
        reason: string;
        topic: string;
        bytes: number;
        replayedAt: string;
      };
      const letters = async () => {
        const { body } = await operator.get<{ items: Letter[] }>("/admin/v1/dead-letters?limit=100");
        return body.items;
      };
      await eventually(async () => expect(await letters()).toHaveLength(bad.length + 1), recoveryMsMax);
      const unreadable = (await letters()).filter(({ reason }) => reason === "unreadable");
      expect(unreadable).toHaveLength(bad.length);
      expect(unreadable.filter(({ topic }) => topic === "interest")).toHaveLength(topics.partitions);

      const fanout = deployment.processes.find(
        ({ service }) => service === "fanout" || service === "standalone",
      );
      const metrics = await (await fetch(`${fanout?.adminUrl}/metrics`)).text();
      const counted = [
        ...metrics.matchAll(/^sendsar_dead_letters_total\{.*reason="unreadable".*\} (\d+)$/gm),
      ];
      const total = counted.reduce((sum, [, count]) => sum + Number(count), 0);
      expect(total).toBeGreaterThanOrEqual(bad.length);

      const list = (await command("list", "--limit", "100")).toString();
      for (const { deadLetterId } of unreadable) expect(list).toContain(`${deadLetterId}  `);
      const smallest = unreadable.find(({ bytes }) => bytes === (kind === "cluster" ? 3 : 1));
      expect([...(await command("show", smallest?.deadLetterId ?? "", "--raw"))]).toEqual(
        kind === "cluster" ? [0xff, 0x00, 0xfe] : [...Buffer.from("{")],
      );

      const passed = (await letters()).find(({ reason }) => reason === "failing")?.deadLetterId ?? "";
      expect(JSON.parse((await command("show", passed)).toString())).toMatchObject({ reason: "failing" });
      for (let time = 0; time < 2; time += 1) await command("replay", passed);
      const bodies = async () => {
        const path = `/v1/rooms/${roomId}/messages`;
        const { body } = await tenant.as("bob").get<{ items: Message[] }>(path);
        return body.items.map((message) => message.body);
      };
      await eventually(async () => expect(await bodies()).toEqual(["better late than never"]));
      const replayed = (await letters()).find(({ deadLetterId }) => deadLetterId === passed);
      expect(replayed?.replayedAt).toMatch(/^20/);

      // One that still cannot be read comes back under another id.
      const still =
        unreadable.find(({ topic, bytes }) => topic === "commands" && bytes === 1)?.deadLetterId ?? "";
      await command("replay", still);
      await eventually(async () => expect(await letters()).toHaveLength(bad.length + 2));
      await expect(command("show", "commands-0-999999999")).rejects.toThrow("dead_letter_not_found");
      await load.judge();
    } finally {
      await load.abandon();
      await deployment.stop();
      await removePlace(place);
    }
  });
});
