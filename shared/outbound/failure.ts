/**
 * Why a call had no answer. target_refused: the URL or the address behind it is one that we do not dial.
 * dns: the name has no address. connection: refused, reset, or ended too early. tls: no certificate that holds.
 */
export type FailureReason = "target_refused" | "dns" | "connection" | "tls" | "timeout";

export class OutboundFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = "OutboundFailure";
    this.reason = reason;
  }

  /** What Node says of a socket or of DNS, in our words. */
  static from(error: unknown): OutboundFailure {
    if (error instanceof OutboundFailure) return error;
    const { code = "", syscall, message } = error as { code?: string; syscall?: string; message: string };
    if (syscall === "getaddrinfo")
      return new OutboundFailure("dns", "the name has no address", { cause: error });
    if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)|CERT/.test(code)) {
      return new OutboundFailure("tls", message, { cause: error });
    }
    return new OutboundFailure("connection", code === "" ? message : code, { cause: error });
  }
}
