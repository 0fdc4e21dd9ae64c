import { type LookupAddress, lookup } from "node:dns";
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { limits } from "#shared/limits.ts";
import { AddressPolicy } from "./addresses.ts";
import { OutboundFailure } from "./failure.ts";
import { assertReach, readTarget } from "./target.ts";

interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** So much of the answer is kept, in place of `limits.outboundAnswerBytesMax`. */
  readonly answerBytesMax?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  /** As it came; null where there was none. */
  readonly retryAfter: string | null;
  /** The first `limits.outboundAnswerBytesMax` of it, as text, or what was asked for. */
  readonly body: string;
}

/** Of `node:dns`, so that a test can say what a name stands for. */
export type Resolve = (
  hostname: string,
  options: { all: true; family?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Calls servers of customers. Every address is checked after DNS, for each connection that is made, and it is that
 * address that is dialled, so a name that changes its mind in between gains nothing. Redirects are not followed.
 */
export class OutboundClient {
  readonly #policy: AddressPolicy;
  readonly #agents: Record<"http:" | "https:", HttpAgent>;
  readonly #lookups: Record<"http:" | "https:", LookupFunction>;

  constructor(options: { allow: readonly string[]; resolve?: Resolve }) {
    const { allow, resolve = lookup as Resolve } = options;
    const policy = new AddressPolicy(allow);
    const settings = {
      keepAlive: true,
      timeout: limits.outboundIdleMsMax,
      maxFreeSockets: limits.outboundFreeSocketsMax,
    };
    this.#policy = policy;
    this.#agents = { "http:": new HttpAgent(settings), "https:": new HttpsAgent(settings) };
    this.#lookups = {
      "http:": guardedLookup(policy, true, resolve),
      "https:": guardedLookup(policy, false, resolve),
    };
  }

  /** @throws OutboundFailure target_refused, where it can be told without DNS. */
  check(url: string): void {
    readTarget(url, this.#policy);
  }

  /** @throws OutboundFailure */
  async post(request: OutboundRequest): Promise<OutboundAnswer> {
    const { url, needsListed } = readTarget(request.url, this.#policy);
    const scheme = needsListed ? "http:" : "https:";
    const expiry = new Expiry(request.timeoutMs);
    const of = { ...request, url, lookup: this.#lookups[scheme], expiry };
    try {
      return await exchange({ ...of, agent: this.#agents[scheme] });
    } catch (error) {
      // It was ended by the other side as we took it up again, so nobody has read this request.
      if (!(error instanceof StaleConnection)) throw error;
      return await exchange({ ...of, agent: false });
    } finally {
      expiry.clear();
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

class StaleConnection extends Error {}

/** Ends a call that takes too long, its second try included. */
class Expiry {
  readonly #timer: NodeJS.Timeout;
  #request: ClientRequest | null = null;
  #failure: OutboundFailure | null = null;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => {
      this.#failure = new OutboundFailure("timeout", `no answer within ${timeoutMs} ms`);
      this.#request?.destroy(this.#failure);
    }, timeoutMs);
  }

  /** What there is to end. */
  guard(request: ClientRequest): void {
    this.#request = request;
    if (this.#failure !== null) request.destroy(this.#failure);
  }

  /** Why a call failed: it took too long, or as it says itself. */
  reasonOf(error: unknown): OutboundFailure {
    return this.#failure ?? OutboundFailure.from(error);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function exchange(of: {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** false: a connection of its own. */
  agent: HttpAgent | false;
  lookup: LookupFunction;
  expiry: Expiry;
  answerBytesMax?: number;
}): Promise<OutboundAnswer> {
  const { url, headers, body, agent, lookup, expiry, answerBytesMax = limits.outboundAnswerBytesMax } = of;
  const { promise, resolve, reject } = Promise.withResolvers<OutboundAnswer>();
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  const request = send(url, {
    method: "POST",
    agent,
    lookup,
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
  });
  const fail = (error: unknown) => reject(expiry.reasonOf(error));
  request.once("response", (response) => readAnswer(response, answerBytesMax, resolve, fail));
  request.on("error", (error: NodeJS.ErrnoException) => {
    const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
    if (stale) reject(new StaleConnection());
    else fail(error);
  });
  expiry.guard(request);
  request.end(body);
  return promise;
}

/** An answer is over when it ends, or when it has said more than anybody will read of it. */
function readAnswer(
  response: IncomingMessage,
  bytesMax: number,
  resolve: (answer: OutboundAnswer) => void,
  reject: (error: unknown) => void,
): void {
  const kept: Buffer[] = [];
  let bytes = 0;
  const done = () =>
    resolve({
      status: response.statusCode ?? 0,
      retryAfter: response.headers["retry-after"] ?? null,
      body: Buffer.concat(kept).subarray(0, bytesMax).toString(),
    });
  response.on("data", (chunk: Buffer) => {
    if (bytes < bytesMax) kept.push(chunk);
    bytes += chunk.length;
    if (bytes <= limits.outboundReadBytesMax) return;
    done();
    response.destroy();
  });
  response.once("end", done);
  response.once("error", reject);
}

/** Gives the dialler those addresses of a name that it may dial, and none where there are none. */
function guardedLookup(policy: AddressPolicy, needsListed: boolean, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    const family = options.family === 4 || options.family === 6 ? { family: options.family } : {};
    resolve(hostname, { all: true, ...family }, (error, found) => {
      if (error !== null) return callback(error, "");
      let refusal: unknown = new OutboundFailure("dns", "the name has no address");
      const allowed = found.filter(({ address }) => {
        try {
          assertReach(address, needsListed, policy);
          return true;
        } catch (failure) {
          refusal = failure;
          return false;
        }
      });
      const [first] = allowed;
      if (first === undefined) return callback(refusal as NodeJS.ErrnoException, "");
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
