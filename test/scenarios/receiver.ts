import { verify as check, createPublicKey } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";
import { eventually } from "./eventually.ts";

/** One call that a receiver got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly type: string; readonly roomId: string; readonly seq: number } & Record<
    string,
    unknown
  >;
  readonly atMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A customer's server, which keeps what it is sent and answers as a test says. Ends with the test. */
export class Receiver {
  readonly calls: Received[] = [];
  /** What each call is answered; never: it is left waiting. */
  answer: (call: Received) => Answer | "never" | Promise<Answer> = () => ({ status: 204 });
  readonly url: string;

  private constructor(url: string) {
    this.url = url;
  }

  /** @param atEnd of the test itself, where others run beside it. */
  static async open(atEnd: (end: () => void) => void = onTestFinished): Promise<Receiver> {
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const call: Received = {
        path: request.url ?? "",
        headers: request.headers,
        text,
        body: JSON.parse(text),
        atMs: Date.now(),
      };
      receiver.calls.push(call);
      const answer = await receiver.answer(call);
      if (answer === "never") return;
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const receiver: Receiver = new Receiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    return receiver;
  }

  /** Waits for so many calls. */
  async got(count: number, withinMs = 15_000): Promise<readonly Received[]> {
    await eventually(() => {
      if (this.calls.length < count) throw new Error(`${this.calls.length} of ${count} calls have come`);
    }, withinMs);
    return this.calls;
  }
}

/** As an independent program judges it. Throws where the signature does not hold. */
export function verify(secret: string, { text, headers }: Received): void {
  new Webhook(secret).verify(text, headers as Record<string, string>);
}

/** The `standardwebhooks` package knows no `v1a`, so this is what Standard Webhooks says of it, and no code of ours. */
export function isSignedBy(publicKey: string, { text, headers }: Received): boolean {
  const x = Buffer.from(publicKey.replace("whpk_", ""), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const content = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
  return String(headers["webhook-signature"])
    .split(" ")
    .some((one) => one.startsWith("v1a,") && check(null, content, key, Buffer.from(one.slice(4), "base64")));
}
