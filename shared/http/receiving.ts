import type { IncomingMessage } from "node:http";
import { AppError } from "#shared/errors/app-error.ts";
import { limits } from "#shared/limits.ts";
import { answerClientError } from "./error-answer.ts";

/** Ends a request whose body does not come in time: Node has one bound for all calls of a server. */
export function boundReceiving(request: IncomingMessage): void {
  if (!hasBody(request)) return;
  const timer = setTimeout(() => {
    if (!request.complete) answerClientError(request.socket, new AppError("request_timeout"));
  }, limits.requestReceiveMsMax);
  timer.unref();
  const cancel = () => clearTimeout(timer);
  request.once("end", cancel).once("close", cancel);
}

function hasBody({ headers, complete }: IncomingMessage): boolean {
  if (complete) return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
