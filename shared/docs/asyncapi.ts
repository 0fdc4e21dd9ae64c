import { closeCodes, standardCloseCodes } from "#shared/errors/close-codes.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { DocumentOptions } from "./openapi.ts";
import { References } from "./references.ts";
import { type SocketMessage, type SocketMessageKind, socketMessages } from "./socket-messages.ts";
import { socketRules } from "./socket-rules.ts";

interface Reference {
  readonly $ref: string;
}

export interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: "application/json";
  readonly tags: readonly { readonly name: SocketMessageKind }[];
  readonly payload: JsonSchema;
  readonly examples: readonly { readonly payload: unknown }[];
}

interface AsyncApiOperation {
  readonly action: "send" | "receive";
  readonly channel: Reference;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

interface CloseCode {
  readonly code: number;
  readonly name: string;
  readonly reconnect: boolean;
  readonly doc: string;
}

export interface AsyncApiDocument {
  readonly asyncapi: "3.0.0";
  readonly info: Readonly<Record<"title" | "version" | "description", string>>;
  readonly defaultContentType: "application/json";
  readonly servers: Readonly<Record<string, object>>;
  readonly channels: {
    readonly connect: {
      readonly address: "/v1/connect";
      readonly title: string;
      readonly description: string;
      readonly messages: Readonly<Record<string, Reference>>;
      readonly bindings: object;
      readonly "x-close-codes": readonly CloseCode[];
    };
  };
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

const channel: Reference = { $ref: "#/channels/connect" };
const inChannel = (type: string): Reference => ({ $ref: `#/channels/connect/messages/${type}` });

/** What answers a client's frame besides `error`. Frames that are not here are answered by `ok`. */
const answers: Readonly<Record<string, string>> = { connect: "connected", ping: "pong" };
/** Frames that nobody waits for. */
const unanswered = new Set(["typing.start", "typing.stop"]);

/** The WebSocket protocol as an AsyncAPI 3.0 document, written as the client sees it: it sends frames. */
export function asyncApiDocument({ serverUrl, version }: DocumentOptions): AsyncApiDocument {
  const references = new References();
  const messages = Object.fromEntries(socketMessages.map((one) => [one.type, messageOf(one, references)]));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Sendsar over WebSocket",
      version,
      description: "Written as the client sees it: it sends frames and receives frames and events.",
    },
    defaultContentType: "application/json",
    servers: { api: serverOf(serverUrl) },
    channels: {
      connect: {
        address: "/v1/connect",
        title: "One socket per client",
        description: [...socketRules, closeCodeTable()].join("\n\n"),
        messages: Object.fromEntries(
          socketMessages.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
        ),
        bindings: { ws: { method: "GET" } },
        "x-close-codes": closeCodeList,
      },
    },
    operations: { ...sendOperations(), ...receiveOperations() },
    components: { messages, schemas: references.definitions() },
  };
}

function messageOf(message: SocketMessage, references: References): AsyncApiMessage {
  return {
    name: message.type,
    title: message.type,
    summary: message.summary,
    contentType: "application/json",
    tags: [{ name: message.kind }],
    payload: references.refer(message.schema),
    examples: [{ payload: message.example }],
  };
}

function sendOperations(): Record<string, AsyncApiOperation> {
  return Object.fromEntries(
    ofKind("client-frame").map(({ type, summary }) => [
      type,
      {
        action: "send",
        channel,
        summary,
        messages: [inChannel(type)],
        ...(!unanswered.has(type) && {
          reply: { channel, messages: [inChannel(answers[type] ?? "ok"), inChannel("error")] },
        }),
      },
    ]),
  );
}

function receiveOperations(): Record<string, AsyncApiOperation> {
  const receive = (kind: SocketMessageKind, summary: string): AsyncApiOperation => ({
    action: "receive",
    channel,
    summary,
    messages: ofKind(kind).map(({ type }) => inChannel(type)),
  });
  return {
    receiveFrames: receive("server-frame", "Answers, and what the server says of the session."),
    receiveDurableEvents: receive("durable-event", "What happened in a room, in order, with its seq."),
    receiveTransientEvents: receive("transient-event", "What is not sequenced: it may be missed."),
  };
}

function ofKind(kind: SocketMessageKind): SocketMessage[] {
  return socketMessages.filter((message) => message.kind === kind);
}

function serverOf(serverUrl: string | undefined): object {
  if (serverUrl === undefined) {
    const variables = { host: { default: "127.0.0.1:8080", description: "Host and port of the API." } };
    return { host: "{host}", protocol: "ws", variables };
  }
  const { host, protocol, pathname } = new URL(serverUrl);
  return {
    host,
    protocol: protocol === "https:" ? "wss" : "ws",
    ...(pathname !== "/" && { pathname: pathname.replace(/\/$/, "") }),
  };
}

const closeCodeList: readonly CloseCode[] = [
  ...Object.entries(standardCloseCodes).map(([code, doc]) => ({
    code: Number(code),
    name: "-",
    reconnect: true,
    doc,
  })),
  ...Object.entries(closeCodes).map(([name, { code, doc }]) => ({
    code,
    name,
    reconnect: code < 4_500,
    doc,
  })),
];

function closeCodeTable(): string {
  const rows = closeCodeList.map(
    ({ code, name, reconnect, doc }) => `| ${code} | ${name} | ${reconnect ? "yes" : "no"} | ${doc} |`,
  );
  return ["| close code | name | reconnect | meaning |", "|---|---|---|---|", ...rows].join("\n");
}
