import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AppError } from "#shared/errors/app-error.ts";
import { errorCatalogue } from "#shared/errors/catalogue.ts";
import { quotaHeaders } from "./quota-headers.ts";
import { newRequestId } from "./request-id.ts";

/** Where the error does not say when to come back: from half of it on, so that those refused together come apart. */
const retryAfterMsDefault = 1_000;

/** Answers with the one error shape, and logs the cause where it is a fault. */
export function answerError(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  const entry = errorCatalogue[error.code];
  if (entry.logLevel === "error") request.log.error({ err: error, requestId: request.id }, "request failed");
  else request.log[entry.logLevel]({ code: error.code, requestId: request.id }, "request refused");

  const retryAfterMs = retryAfterMsOf(error);
  reply
    .status(error.status)
    .headers(headersOf(error, retryAfterMs))
    .send({ error: { ...error.toBody(request.id), ...(retryAfterMs === null ? {} : { retryAfterMs }) } });
}

/** The same for a connection on which no request could be read: Fastify has no reply for it. */
export function answerClientError(socket: Socket, error: AppError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newRequestId();
  const body = JSON.stringify({ error: error.toBody(requestId) });
  socket.end(
    [
      `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`,
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      "connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}

/** null: a later try is not what it needs. */
function retryAfterMsOf({ status, retryAfterMs }: AppError): number | null {
  if (status !== 429 && status !== 503) return null;
  return Math.ceil(retryAfterMs ?? (retryAfterMsDefault * (1 + Math.random())) / 2);
}

function headersOf(error: AppError, retryAfterMs: number | null): Record<string, string> {
  const headers: Record<string, string> = {};
  if (retryAfterMs !== null) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  if (error.quota !== undefined) Object.assign(headers, quotaHeaders(error.quota));
  if (error.status === 401) headers["www-authenticate"] = "Bearer";
  return headers;
}
