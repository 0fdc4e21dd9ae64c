import type { EventLog, Running } from "#shared/log/log.ts";
import type { Topics } from "#shared/log/topics.ts";
import type { Command } from "#shared/protocol/commands.ts";
import type { DeliveryRecord, Outcome } from "#shared/protocol/records.ts";

export interface ScriptedFanout {
  /** What ingest appended, in the order in which it was read. */
  readonly commands: Command[];
  /** What to answer; null: nothing. */
  decide: (command: Command) => Outcome | null;
  stop(): Promise<void>;
}

/** Stands where fanout stands: reads `commands`, and answers as the test says. */
export async function startScriptedFanout(log: EventLog, topics: Topics): Promise<ScriptedFanout> {
  const fanout: ScriptedFanout = { commands: [], decide: () => null, stop: () => running.stop() };
  const answer = async (command: Command) => {
    fanout.commands.push(command);
    const replyTo = "replyTo" in command ? command.replyTo : undefined;
    const outcome = fanout.decide(command);
    if (replyTo === undefined || outcome === null) return;
    const { inbox, partition, requestId } = replyTo;
    const record: DeliveryRecord = { v: 1, inbox, items: [{ type: "reply", requestId, outcome }] };
    await log.append([{ topic: topics.deliveries, partition, key: inbox, value: JSON.stringify(record) }]);
  };
  const running: Running = await log.subscribe({
    group: "scripted-fanout",
    topics: [{ name: topics.commands, start: "committed" }],
    assign: () => ({
      caughtUp: async () => {},
      process: async ({ records }) => {
        for (const { value } of records) await answer(JSON.parse(value ?? "") as Command);
      },
      revoked: () => {},
    }),
  });
  return fanout;
}
