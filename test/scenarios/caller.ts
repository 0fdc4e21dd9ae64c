import { type Answer, expectDocumented } from "./documented-answer.ts";

type Headers = Readonly<Record<string, string>>;

/** Calls the REST API with one credential. Every answer is held against the contract before a test sees it. */
export class Caller {
  readonly url: string;
  readonly headers: Headers;

  constructor(url: string, headers: Headers) {
    this.url = url;
    this.headers = headers;
  }

  get<T>(path: string): Promise<Answer<T>> {
    return this.call("GET", path);
  }

  put<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.call("PUT", path, JSON.stringify(body));
  }

  post<T>(path: string, body: unknown = {}): Promise<Answer<T>> {
    return this.call("POST", path, JSON.stringify(body));
  }

  patch<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.call("PATCH", path, JSON.stringify(body));
  }

  delete<T>(path: string): Promise<Answer<T>> {
    return this.call("DELETE", path);
  }

  async call<T>(method: string, path: string, body?: string | Uint8Array): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: this.headers,
      ...(body === undefined ? {} : { body: body as BodyInit }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: (text === "" ? null : parse(text)) as T,
    };
    expectDocumented(method, path, answer);
    return answer;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
