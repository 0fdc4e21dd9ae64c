import { AppError } from "#shared/errors/app-error.ts";

/** Fastify's own errors, by its code, as ours. What is not here is a fault of ours. */
const byFastifyCode: Readonly<Record<string, () => AppError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new AppError("payload_too_large"),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new AppError("invalid_request", "The body is not as long as content-length says."),
  FST_ERR_BAD_URL: () =>
    new AppError("invalid_request", "The path is not well-formed percent-encoded UTF-8."),
  FST_ERR_MAX_PARAM_LENGTH: () => new AppError("invalid_request", "An id in the path is too long."),
};

/** Every failure of a request as an AppError. */
export function httpErrorOf(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = codeOf(thrown);
  const known = code === undefined ? undefined : byFastifyCode[code];
  if (known !== undefined) return known();
  // The connection broke while the body was read: nobody is there to see the answer.
  if (code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE") return new AppError("request_timeout");
  return AppError.from(thrown);
}

/** What Node's HTTP parser could not make a request of. */
export function clientErrorOf(thrown: unknown): AppError {
  switch (codeOf(thrown)) {
    case "HPE_HEADER_OVERFLOW":
      return new AppError("headers_too_large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new AppError("request_timeout");
    default:
      return new AppError("invalid_request", "This is not HTTP/1.1.");
  }
}

function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
