import { errorFromWire, SendsarError } from "./errors.ts";
import type { Fetch } from "./fetch.ts";
import type { ErrorBody } from "./wire.ts";

export interface RestOptions {
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly token: () => Promise<string>;
  readonly waitMsMax: number;
}

/** What is asked over HTTP, by the user's own token: it wants no connection. */
export class Rest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** Rejects with the server's refusal, or with what the network says. */
  async call<Answer>(
    method: "GET" | "POST",
    path: string,
    body?: object,
    { keepalive = false }: { readonly keepalive?: boolean } = {},
  ): Promise<Answer> {
    const { apiUrl, fetch, token, waitMsMax } = this.#options;
    const authorization = `Bearer ${await token()}`;
    const signal = AbortSignal.timeout(waitMsMax);
    const answer = await fetch(`${apiUrl}${path}`, {
      method,
      headers: { authorization, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal,
      ...(keepalive && { keepalive }),
    });
    const said = (await answer.json()) as Answer | { readonly error: ErrorBody };
    if (typeof said === "object" && said !== null && "error" in said) throw errorFromWire(said.error);
    if (!answer.ok) {
      // A proxy's word, not the API's.
      const retryable = answer.status === undefined || answer.status >= 500;
      throw new SendsarError("protocol", `answered with ${answer.status ?? "an error"}`, { retryable });
    }
    return said as Answer;
  }

  /** One page of a list. */
  page<Page>(path: string, query: Readonly<Record<string, string | number | undefined>>): Promise<Page> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    return this.call("GET", given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`);
  }
}
