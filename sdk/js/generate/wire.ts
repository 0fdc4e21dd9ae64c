import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { errorCodes } from "../../../shared/errors/catalogue.ts";
import { limits } from "../../../shared/limits.ts";
import {
  Call,
  CallAnswer,
  CallConnection,
  CallParticipant,
  CallQuality,
  LiveKitAccess,
} from "../../../shared/protocol/calls.ts";
import { Capability, capabilityNames } from "../../../shared/protocol/capabilities.ts";
import { Custom } from "../../../shared/protocol/custom.ts";
import { ErrorBody } from "../../../shared/protocol/error-body.ts";
import { clientFrames, serverFrames } from "../../../shared/protocol/frames.ts";
import { Media, MediaGrant, Upload } from "../../../shared/protocol/media.ts";
import { CallPost, CallQualityPost, messageContent } from "../../../shared/protocol/requests.ts";
import { Attachment, Member, Message, RoomSummary } from "../../../shared/protocol/resources.ts";
import { durableSocketEvents, transientSocketEvents } from "../../../shared/protocol/socket-events.ts";
import { Printer, pascal, type Schema } from "./printer.ts";

/**
 * Writes `src/wire.ts`, the client's view of the protocol, from the server's schemas: the published package has no
 * schemas in it, and no type is written twice. `wire.test.ts` fails while the file is stale.
 */
export const wireFile = fileURLToPath(new URL("../src/wire.ts", import.meta.url));

/** The text of `wire.ts`, before formatting. */
export function generateWire(): string {
  const printer = new Printer();
  const parts = [
    "// Written by generate/main.ts from the server's schemas. Do not edit.",
    `/** The largest frame that the server takes. */\nexport const frameBytesMax = ${limits.frameBytesMax};`,
    `/** Rooms that one resume may name. */\nexport const resumeRoomsMax = ${limits.resumeRoomsMax};`,
    `/** Frames of one socket that the server works on at a time. */\nexport const framesInFlightMax = ${limits.framesInFlightMax};`,
    `/** The longest that a call lasts. */\nexport const callSecondsMax = ${limits.callLengthMsMax / 1_000};`,
    `/** Every code that the server answers with. */\nexport type ServerErrorCode = ${errorCodes.map((code) => `"${code}"`).join(" | ")};`,
  ];
  parts.push(
    `/** What a user may do in a room. */\nexport type Capability = ${capabilityNames.map((name) => `"${name}"`).join(" | ")};`,
  );
  printer.name(Capability, "Capability");
  printer.name(ErrorBody.properties.code, "ServerErrorCode");
  printer.name(Custom, "Record<string, unknown>");
  const named: Readonly<Record<string, object>> = {
    ErrorBody,
    Attachment,
    Member,
    Message,
    CallConnection,
    CallQuality,
    CallParticipant,
    Call,
    LiveKitAccess,
    CallAnswer,
    CallPost,
    CallQualityPost,
    RoomSummary,
    Upload,
    MediaGrant,
    MediaInfo: Media,
  };
  for (const [name, schema] of Object.entries(named)) parts.push(printer.interface(name, schema));
  parts.push(
    printer.interface("MessageContent", {
      type: "object",
      properties: messageContent as Readonly<Record<string, Schema>>,
      description: "What a sender may say of a message.",
    }),
  );

  const titled = (schemas: readonly object[], suffix: string): string[] =>
    schemas.map((schema: Schema) => {
      const name = `${pascal(schema.title ?? "")}${suffix}`;
      parts.push(printer.interface(name, schema));
      return name;
    });
  const union = (name: string, doc: string, members: readonly string[]) =>
    parts.push(`/** ${doc} */\nexport type ${name} = ${members.join(" | ")};`);

  union(
    "DurableEvent",
    "Events with a `seq`, dense within their room.",
    titled(durableSocketEvents, "Event"),
  );
  union("TransientEvent", "Events that no resume brings back.", titled(transientSocketEvents, "Event"));
  union("ServerFrame", "What the server says besides events.", titled(serverFrames, "Frame"));
  union("ClientFrame", "What a client may say.", titled(clientFrames, "FromClient"));
  return `${parts.join("\n\n")}\n`;
}

export function readWire(): Promise<string> {
  return readFile(wireFile, "utf8");
}

export function writeWire(): Promise<void> {
  return writeFile(wireFile, generateWire());
}
