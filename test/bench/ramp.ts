/** How one try of one rate ended. `saturated`: the generator gave out, so nothing is known of the product. */
export interface StepOutcome {
  readonly verdict: "held" | "failed" | "saturated";
  readonly why: string | null;
}
interface Step extends StepOutcome {
  readonly perSecond: number;
  readonly confirming: boolean;
}
export interface Ramp {
  /** 0: none was shown to be. */
  readonly heldPerSecond: number;
  readonly steps: readonly Step[];
  /** What gave out: only when it is the product is the rate its limit, else it may hold more. */
  readonly endedBy: "product" | "generator" | "bound";
}

/** A step that fails is tried again, as another program's work on the machine may have been why. */
const triesMax = 3;
const factor = 1.25;

/**
 * Looks for the highest rate held: up by a quarter while it is, then once more for longer at the highest (and at lower
 * ones, as long as that fails).
 */
export async function findHighestHeld(
  options: { readonly from: number; readonly max: number },
  attempt: (perSecond: number, confirming: boolean) => Promise<StepOutcome>,
): Promise<Ramp> {
  const steps: Step[] = [];
  const holds = async (perSecond: number, confirming: boolean): Promise<StepOutcome["verdict"]> => {
    let verdict: StepOutcome["verdict"] = "failed";
    for (let tries = 0; tries < triesMax && verdict !== "held"; tries++) {
      const outcome = await attempt(perSecond, confirming);
      steps.push({ ...outcome, perSecond, confirming });
      verdict = outcome.verdict;
    }
    return verdict;
  };

  let held = 0;
  let endedBy: Ramp["endedBy"] = "bound";
  for (let rate = options.from; rate <= options.max; rate = Math.round(rate * factor)) {
    const verdict = await holds(rate, false);
    if (verdict !== "held") {
      endedBy = verdict === "saturated" ? "generator" : "product";
      break;
    }
    held = rate;
  }
  while (held >= options.from) {
    const verdict = await holds(held, true);
    if (verdict === "held") return { heldPerSecond: held, steps, endedBy };
    endedBy = verdict === "saturated" ? "generator" : "product";
    held = Math.floor(held / factor);
  }
  return { heldPerSecond: 0, steps, endedBy };
}
