import { connect } from "node:net";
import type { Answer } from "./documented-answer.ts";
import { within } from "./eventually.ts";

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** A list, so that a name can come twice. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
}

const answerMs = 15_000;

/** Writes a request byte by byte: what no client library would let through, and no proxy mends. */
export function rawRequest(url: string, request: RawRequest): Promise<Answer> {
  const { method = "GET", path = "/", headers = [], body = "" } = request;
  const bytes = Buffer.from(body);
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const length =
    named.has("content-length") || named.has("transfer-encoding") ? [] : [`content-length: ${bytes.length}`];
  const head = [
    `${method} ${path} HTTP/1.1`,
    "host: api.test",
    "connection: close",
    ...length,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\r\n");
  return rawBytes(url, Buffer.concat([Buffer.from(head, "latin1"), bytes]));
}

/** Writes anything at all, and reads what comes until the server ends the connection. */
export function rawBytes(url: string, bytes: Uint8Array): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const answer = new Promise<Answer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let failure: Error | null = null;
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on("data", (chunk) => void chunks.push(chunk));
    // A server that has heard enough may answer and hang up while the rest is still being written.
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("close", () => {
      try {
        if (chunks.length === 0) throw failure ?? new Error("closed without an answer");
        resolve(parse(Buffer.concat(chunks)));
      } catch (error) {
        reject(error);
      }
    });
  });
  return within(answerMs, answer, "an answer");
}

function parse(bytes: Buffer): Answer {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const chunked = headers.get("transfer-encoding") === "chunked";
  const text = (chunked ? joinChunks(bytes.subarray(end + 4)) : bytes.subarray(end + 4)).toString();
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    text,
    body: text === "" ? null : JSON.parse(text),
  };
}

function joinChunks(bytes: Buffer): Buffer {
  const end = bytes.indexOf("\r\n");
  const length = Number.parseInt(bytes.subarray(0, end).toString(), 16);
  if (!(length > 0)) return Buffer.alloc(0);
  const rest = bytes.subarray(end + 2 + length + 2);
  return Buffer.concat([bytes.subarray(end + 2, end + 2 + length), joinChunks(rest)]);
}
