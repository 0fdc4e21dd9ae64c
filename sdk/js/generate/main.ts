import { execFileSync } from "node:child_process";
import { webhookEventsFile, writeWebhookEvents } from "./webhook-events.ts";
import { wireFile, writeWire } from "./wire.ts";

await writeWire();
await writeWebhookEvents();
execFileSync("npx", ["biome", "format", "--write", wireFile, webhookEventsFile], { stdio: "inherit" });
