/** Which bytes of a file to send, the last one included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly isPart: boolean;
}

/** One range, as players ask for. What is anything else is answered with the whole, as it may be. */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const whole = { start: 0, end: size - 1, isPart: false };
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return whole;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end ? { start, end, isPart: true } : whole;
}
