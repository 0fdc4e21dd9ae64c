import { type Agent as HttpAgent, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { limits } from "#shared/limits.ts";

/** The node took the call, or may have, and says nothing. */
export class NoAnswer extends Error {}

/**
 * One POST of JSON on a kept connection.
 *
 * @returns the status and the body, whatever the status is. Rejects where there was no whole answer; with NoAnswer
 * where there was none in time.
 */
export function postJson(
  url: URL,
  options: { agent: HttpAgent; headers: Record<string, string>; body: string; withinMs: number },
): Promise<{ status: number; body: string }> {
  const { agent, headers, body, withinMs } = options;
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = open(
      url,
      {
        method: "POST",
        agent,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": String(Buffer.byteLength(body)),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.byteLength;
          if (bytes > limits.commandBatchBytesMax) request.destroy(new Error("The answer is too long."));
          chunks.push(chunk);
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    request.on("error", reject);
    const late = setTimeout(() => request.destroy(new NoAnswer(`none within ${withinMs} ms`)), withinMs);
    request.on("close", () => clearTimeout(late));
    request.end(body);
  });
}
