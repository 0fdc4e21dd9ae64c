import { type Child, startChild } from "./child.ts";
import type { CrewPlan, WindowPlan } from "./generator/crew.ts";
import type { GeneratorMethods } from "./generator/main.ts";
import type { WindowReport } from "./generator/tally.ts";
import { Histogram, type HistogramData } from "./histogram.ts";
import { scheduleOf } from "./schedule.ts";

export type Generator = Child<GeneratorMethods>;

export interface Load {
  readonly perSecond: number;
  readonly seconds: number;
  readonly via: WindowPlan["via"];
  readonly settleMsMax: number;
}

/** The load generators. Each has its own rooms, both members of each, so that one clock times a message. */
export class Fleet {
  readonly generators: readonly Generator[];
  #seed: number;

  constructor(count: number, seed: number) {
    this.#seed = seed;
    // Frames are garbage at once: a larger nursery keeps them from being copied.
    const execArgv = ["--max-semi-space-size=64"];
    this.generators = Array.from({ length: count }, () =>
      startChild<GeneratorMethods>("./generator/main.ts", { execArgv }),
    );
  }

  /** The one that does what needs only one. */
  get first(): Generator {
    const [first] = this.generators;
    if (first === undefined) throw new Error("a fleet has at least one generator");
    return first;
  }

  async connect(crew: string, plan: CrewPlan): Promise<HistogramData> {
    const reports = await this.#all((generator, index) => {
      const rooms = plan.rooms.filter((_, room) => room % this.generators.length === index);
      return generator.call("connect", { crew, plan: { ...plan, rooms } });
    });
    return Histogram.merged(reports.map(({ handshake }) => handshake)).toData();
  }

  async run(crew: string, load: Load): Promise<WindowReport> {
    const reports = await this.#all((generator) => {
      this.#seed += 1;
      const schedule = scheduleOf(load.perSecond / this.generators.length, load.seconds, this.#seed);
      return generator.call("run", {
        crew,
        plan: { schedule, via: load.via, settleMsMax: load.settleMsMax },
      });
    });
    return reports.reduce(together);
  }

  async compare(
    crew: string,
    share: number,
  ): Promise<{ rooms: number; messages: number; violations: string[] }> {
    const reports = await this.#all((generator) => generator.call("compare", { crew, share }));
    return reports.reduce((a, b) => ({
      rooms: a.rooms + b.rooms,
      messages: a.messages + b.messages,
      violations: [...a.violations, ...b.violations],
    }));
  }

  async disconnect(crew: string): Promise<void> {
    await this.#all((generator) => generator.call("disconnect", { crew }));
  }

  async stop(): Promise<void> {
    await this.#all((generator) => generator.stop());
  }

  #all<T>(work: (generator: Generator, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.generators.map(work));
  }
}

function together(a: WindowReport, b: WindowReport): WindowReport {
  const refused = { ...a.refused };
  for (const [code, count] of Object.entries(b.refused)) refused[code] = (refused[code] ?? 0) + count;
  const merged = (x: HistogramData, y: HistogramData) => Histogram.merged([x, y]).toData();
  return {
    scheduled: a.scheduled + b.scheduled,
    sent: a.sent + b.sent,
    acked: a.acked + b.acked,
    ackedUnapplied: a.ackedUnapplied + b.ackedUnapplied,
    delivered: a.delivered + b.delivered,
    complete: a.complete + b.complete,
    refused,
    violations: [...a.violations, ...b.violations],
    ack: merged(a.ack, b.ack),
    deliver: merged(a.deliver, b.deliver),
    health: {
      loopUtilisation: Math.max(a.health.loopUtilisation, b.health.loopUtilisation),
      cpuShare: a.health.cpuShare + b.health.cpuShare,
      lateness: merged(a.health.lateness, b.health.lateness),
    },
    elapsedMs: Math.max(a.elapsedMs, b.elapsedMs),
  };
}
