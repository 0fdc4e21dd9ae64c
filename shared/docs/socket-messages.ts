import type { TObject } from "typebox";
import { clientFrames, serverFrames } from "#shared/protocol/frames.ts";
import { durableSocketEvents, transientSocketEvents } from "#shared/protocol/socket-events.ts";
import { socketExamples } from "./chosen-examples.ts";
import { exampleOf } from "./examples.ts";
import { jsonOf } from "./json-schema.ts";
import { messageSummaries } from "./message-summaries.ts";

export type SocketMessageKind = "client-frame" | "server-frame" | "durable-event" | "transient-event";

/** Anything that goes over the socket, in either direction. */
export interface SocketMessage {
  readonly type: string;
  readonly kind: SocketMessageKind;
  readonly summary: string;
  readonly schema: TObject;
  readonly example: unknown;
}

export const socketMessages: readonly SocketMessage[] = [
  ...clientFrames.map((schema) => describe("client-frame", schema)),
  ...serverFrames.map((schema) => describe("server-frame", schema)),
  ...durableSocketEvents.map((schema) => describe("durable-event", schema)),
  ...transientSocketEvents.map((schema) => describe("transient-event", schema)),
];

function describe(kind: SocketMessageKind, schema: TObject): SocketMessage {
  const { title, description, ...rest } = jsonOf(schema);
  const type = title ?? String(rest.properties?.type?.const);
  return {
    type,
    kind,
    summary: description ?? messageSummaries[type] ?? "",
    schema,
    example: socketExamples[type] ?? exampleOf(schema),
  };
}
