/**
 * Sets the wall clock of a node off, as TEST_CLOCK_SHIFTS says: {"gateway-1": milliseconds}. Timers and the monotonic
 * clock go on as they are, as they do where a machine has the wrong time.
 */
const shifts = JSON.parse(process.env.TEST_CLOCK_SHIFTS ?? "{}") as Record<string, number>;
const shiftMs = shifts[process.env.SENDSAR_NODE_ID ?? ""] ?? 0;

if (shiftMs !== 0) {
  const TrueDate = Date;
  const now = () => TrueDate.now() + shiftMs;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args, self) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, self) as Date,
    apply: () => new TrueDate(now()).toString(),
    get: (target, name, self) => (name === "now" ? now : Reflect.get(target, name, self)),
  });
}
