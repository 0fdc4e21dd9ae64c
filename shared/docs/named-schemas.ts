import type { TSchema } from "typebox";
import * as beforeSend from "#shared/protocol/before-send.ts";
import * as capabilities from "#shared/protocol/capabilities.ts";
import * as errors from "#shared/protocol/error-body.ts";
import * as events from "#shared/protocol/events.ts";
import * as frames from "#shared/protocol/frames.ts";
import * as ids from "#shared/protocol/ids.ts";
import * as media from "#shared/protocol/media.ts";
import { operations } from "#shared/protocol/operations.ts";
import * as requests from "#shared/protocol/requests.ts";
import * as resources from "#shared/protocol/resources.ts";
import * as roomExport from "#shared/protocol/room-export.ts";
import * as webhooks from "#shared/protocol/webhooks.ts";
import { type JsonSchema, jsonOf } from "./json-schema.ts";

/** Too small to be worth a name of their own. */
const spelledOut = new Set(["Name", "Url", "Body"]);

/**
 * What the documents call by name: every schema that the protocol exports, under the name it has there, so that a
 * new one needs no line here. Of two that are equal the first gives its name to both.
 */
export const namedSchemas: ReadonlyMap<string, JsonSchema> = new Map([
  ...exported(ids),
  ...exported(capabilities),
  ...exported(resources),
  ["Tenant", jsonOf(operations.putTenant.responses[200])],
  ["ApiKey", jsonOf(operations.listKeys.responses[200].properties.items.items)],
  ["DeadLetter", jsonOf(operations.replayDeadLetter.responses[200])],
  ...exported(media),
  ...exported(roomExport),
  ...exported(requests),
  ...exported(webhooks),
  ...exported(beforeSend),
  ...exported(errors),
  ...exported(events),
  ...exported(frames),
]);

function exported(module: Readonly<Record<string, unknown>>): [string, JsonSchema][] {
  return Object.entries(module)
    .filter((entry): entry is [string, TSchema] => isSchema(entry[1]) && !spelledOut.has(entry[0]))
    .map(([name, schema]) => [name, jsonOf(schema)]);
}

function isSchema(value: unknown): value is TSchema {
  return typeof value === "object" && value !== null && "~kind" in value;
}
