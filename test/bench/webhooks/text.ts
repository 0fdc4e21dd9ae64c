import { tableOf } from "../report/table.ts";
import type { WebhookResult } from "./webhooks.ts";

export function webhooksText({ mode, alone, floor, besideDead, ...rest }: WebhookResult): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    "",
    `${mode}: age of events at their first try`,
    "",
    tableOf([
      ["", "p50", "p99", "events"],
      ["a bare POST", ms(floor.p50Ms), ms(floor.p99Ms), String(floor.samples)],
      ["one endpoint", ms(alone.p50Ms), ms(alone.p99Ms), String(alone.samples)],
      [
        `beside a dead one with ${rest.backlog} events`,
        ms(besideDead.p50Ms),
        ms(besideDead.p99Ms),
        String(besideDead.samples),
      ],
    ]),
    "",
    `${rest.deliveriesPerSecond} deliveries/s to one receiver as five endpoints, ${rest.cpuMsPerDelivery.toFixed(2)} ms of CPU each; ${rest.lost} lost, ${rest.repeated} came twice`,
    ...(rest.idleCpuShare === null
      ? []
      : [`${(rest.idleCpuShare * 100).toFixed(1)} % of a core by the webhooks node while nobody is told`]),
    "",
  ].join("\n");
}
