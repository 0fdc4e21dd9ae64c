import { afterAll, beforeAll, describe } from "vitest";
import type { EventLog, LogObserver } from "#shared/log/log.ts";
import { appendContract } from "./append-contract.ts";
import type { ChildLog } from "./child-log.ts";
import { crashContract } from "./crash-contract.ts";
import { groupContract } from "./group-contract.ts";
import { lifecycleContract } from "./lifecycle-contract.ts";
import { replayContract } from "./replay-contract.ts";
import { retryContract } from "./retry-contract.ts";
import { tailContract } from "./tail-contract.ts";

/** A log's data, which outlives the logs that are opened on it. */
interface TestLog {
  /** The log of another node on the same data. The embedded one's nodes share theirs. */
  open(observer?: LogObserver): Promise<EventLog>;
  /** Closes what is open, so that a child process may open it, or it may be opened anew. */
  shut(): Promise<void>;
  /** How a child process opens it. */
  readonly child: ChildLog;
  /** Shuts it and removes the data. */
  dispose(): Promise<void>;
}

export type MakeLog = () => Promise<TestLog>;

/** What each part of the suite works with: one log, in which every test has topics and groups of its own. */
export interface Subject {
  log(): EventLog;
  /** The log as another node has it. */
  otherLog(): EventLog;
  name(of: string): string;
}

/**
 * What every implementation of the log must do.
 *
 * @param makeOther makes a log that is not the one of `makeLog`; where all of `makeLog` are logs of their own, it will do.
 */
export function describeLogContract(name: string, makeLog: MakeLog, makeOther = makeLog): void {
  describe(`the log on ${name}`, () => {
    let made: TestLog;
    let log: EventLog;
    let otherLog: EventLog;
    let names = 0;
    beforeAll(async () => {
      made = await makeLog();
      log = await made.open();
      otherLog = await made.open();
    });
    afterAll(() => made.dispose());

    const subject: Subject = {
      log: () => log,
      otherLog: () => otherLog,
      name: (of) => `${made.child.prefix}${of}.${++names}`,
    };
    describe("appends", () => appendContract(subject));
    describe("groups", () => groupContract(subject));
    describe("failures of a handler", () => retryContract(subject, makeLog));
    describe("replayed topics", () => replayContract(subject));
    describe("tails", () => tailContract(subject));
    describe("lifecycle", () => lifecycleContract(subject, { makeLog, makeOther }));
    describe("a crash", () => crashContract(makeLog));
  });
}
