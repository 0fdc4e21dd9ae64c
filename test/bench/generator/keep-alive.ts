import { Agent, request } from "node:http";

export type JsonGet = (path: string) => Promise<unknown>;

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Connections kept open for more requests; past it requests wait for one. */
const socketsMax = 256;

/** HTTP on kept connections, with as little work per request as Node allows. */
export class KeepAlive {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: socketsMax, maxFreeSockets: socketsMax });
  readonly #host: string;
  readonly #port: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    const { hostname, port } = new URL(url);
    this.#host = hostname;
    this.#port = port;
    this.#apiKey = apiKey;
  }

  send(method: string, path: string, userId: string | null, body?: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string> = { "x-api-key": this.#apiKey };
      if (userId !== null) headers["x-user-id"] = userId;
      if (body !== undefined) headers["content-type"] = "application/json";
      const options = { agent: this.#agent, host: this.#host, port: this.#port, method, path, headers };
      const sent = request(options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => {
          text += part;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on("error", reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** For the server itself, or as one of its users. Anything but a success is an error. */
  async json(method: string, path: string, userId: string | null, body?: object): Promise<unknown> {
    const { status, text } = await this.send(
      method,
      path,
      userId,
      body === undefined ? undefined : JSON.stringify(body),
    );
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  close(): void {
    this.#agent.destroy();
  }
}
