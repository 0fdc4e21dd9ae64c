import fc from "fast-check";
import type { Stage } from "./machine.ts";
import { type Condition, conditions } from "./weather.ts";

/** What somebody does, or what goes wrong. Numbers name devices, rooms and nodes: each names one, whatever there is. */
export type Action =
  | { readonly type: "send"; readonly device: number; readonly room: number; readonly clientId: number }
  | { readonly type: "server sends"; readonly room: number; readonly clientId: number }
  | { readonly type: "read"; readonly device: number; readonly room: number }
  | { readonly type: "cut"; readonly device: number; readonly silent: boolean }
  | { readonly type: "restart"; readonly device: number; readonly forgets: boolean }
  | { readonly type: "hall"; readonly becomes: "open" | "frozen" | "closed" }
  | { readonly type: "eve"; readonly comes: boolean }
  | {
      readonly type: "react";
      readonly room: number;
      /** How many messages before the newest. */
      readonly back: number;
      readonly user: number;
      readonly key: number;
      readonly adds: boolean;
    }
  /** What is said by then is too old. */
  | { readonly type: "expire"; readonly room: number }
  | { readonly type: "new room" }
  | { readonly type: "crash" | "replace"; readonly node: NodeKind; readonly index: number }
  | { readonly type: "pause"; readonly node: NodeKind; readonly index: number; readonly ms: number }
  | { readonly type: "add"; readonly node: NodeKind }
  | { readonly type: "die at"; readonly index: number; readonly stage: Stage }
  | { readonly type: "zombie"; readonly index: number; readonly ms: number }
  | { readonly type: "weather"; readonly condition: Condition; readonly ms: number };

export type NodeKind = "fanout" | "gateway";

interface Step {
  readonly afterMs: number;
  readonly action: Action;
}

/** A run is its schedule: the seed decides everything that no step says. */
export interface Schedule {
  readonly seed: number;
  readonly steps: readonly Step[];
}

const index = fc.nat(5);
const clientId = fc.nat(7);
const node = fc.constantFrom<NodeKind>("fanout", "gateway");
const ms = fc.integer({ min: 500, max: 15_000 });
const type = <const T extends string>(value: T) => fc.constant(value);
const stage = fc.constantFrom<Stage>("rows written", "persisted", "part emitted", "emitted", "commit due");

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ type: type("send"), device: index, room: index, clientId }) },
  { weight: 5, arbitrary: fc.record({ type: type("server sends"), room: index, clientId }) },
  { weight: 3, arbitrary: fc.record({ type: type("read"), device: index, room: index }) },
  { weight: 4, arbitrary: fc.record({ type: type("cut"), device: index, silent: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: type("restart"), device: index, forgets: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: type("hall"),
      becomes: fc.constantFrom("open" as const, "frozen" as const, "closed" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: type("eve"), comes: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: type("react"),
      room: index,
      back: fc.nat(2),
      user: fc.nat(2),
      key: fc.nat(1),
      adds: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: type("expire"), room: index }) },
  { weight: 1, arbitrary: fc.record({ type: type("new room") }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constantFrom("crash" as const, "replace" as const), node, index }),
  },
  { weight: 2, arbitrary: fc.record({ type: type("pause"), node, index, ms }) },
  { weight: 2, arbitrary: fc.record({ type: type("add"), node }) },
  { weight: 4, arbitrary: fc.record({ type: type("die at"), index, stage }) },
  { weight: 3, arbitrary: fc.record({ type: type("zombie"), index, ms }) },
  {
    weight: 5,
    arbitrary: fc.record({ type: type("weather"), condition: fc.constantFrom(...conditions), ms }),
  },
);

/** Mostly a burst of things at once, at times a pause in which things come to rest. */
const afterMs = fc.oneof(
  { weight: 6, arbitrary: fc.nat(60) },
  { weight: 2, arbitrary: fc.nat(1_000) },
  { weight: 1, arbitrary: fc.nat(12_000) },
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.noShrink(fc.integer({ min: 0, max: 0xffff_ffff })),
  steps: fc.array(fc.record({ afterMs, action }), { minLength: 1, maxLength: 50, size: "max" }),
});
