import { afterAll, beforeAll, describe } from "vitest";
import type { Store } from "#shared/store/store.ts";
import { archiveContract } from "./archive-contract.ts";
import { auditContract } from "./audit-contract.ts";
import { callContract } from "./call-contract.ts";
import { directoryContract } from "./directory-contract.ts";
import { dueContract } from "./due-contract.ts";
import { erasureContract } from "./erasure-contract.ts";
import { historyContract } from "./history-contract.ts";
import { isolationContract } from "./isolation-contract.ts";
import { lifecycleContract } from "./lifecycle-contract.ts";
import { mediaContract } from "./media-contract.ts";
import { memberContract } from "./member-contract.ts";
import { propertyContract } from "./property-contract.ts";
import { reportContract } from "./report-contract.ts";
import { retentionContract } from "./retention-contract.ts";
import { roomContract } from "./room-contract.ts";
import { staleContract } from "./stale-contract.ts";
import { webhookDeliveryContract } from "./webhook-delivery-contract.ts";
import { webhookEndpointContract } from "./webhook-endpoint-contract.ts";

interface TestStore {
  readonly store: Store;
  /** Closes it and removes everything it has stored. */
  dispose(): Promise<void>;
}

/** Gives an empty store of its own. */
export type MakeStore = () => Promise<TestStore>;

/** What each part of the suite works with: one store, in which every test keeps to tenants of its own. */
export interface Subject {
  store(): Store;
  tenant(): string;
}

/** What every implementation of the store must do. */
export function describeStoreContract(name: string, makeStore: MakeStore): void {
  describe(`the store on ${name}`, () => {
    let made: TestStore;
    let tenants = 0;
    beforeAll(async () => {
      made = await makeStore();
    });
    afterAll(() => made.dispose());

    const subject: Subject = { store: () => made.store, tenant: () => `tenant-${++tenants}` };
    describe("a room", () => roomContract(subject));
    describe("the history", () => historyContract(subject));
    describe("members", () => memberContract(subject));
    describe("archives", () => archiveContract(subject));
    describe("rooms that change by themselves", () => dueContract(subject));
    describe("calls", () => callContract(subject));
    describe("replays and stale writers", () => staleContract(subject));
    describe("tenants", () => isolationContract(subject));
    describe("the directory", () => directoryContract(subject));
    describe("users that are forgotten", () => erasureContract(subject));
    describe("what is too old to be kept", () => retentionContract(subject));
    describe("the audit log", () => auditContract(subject));
    describe("reports", () => reportContract(subject));
    describe("media", () => mediaContract(subject));
    describe("webhook deliveries", () => webhookDeliveryContract(subject));
    describe("webhook endpoints", () => webhookEndpointContract(subject));
    describe("any sequence of writes", () => propertyContract(subject));
    describe("from start to end", () => lifecycleContract(makeStore));
  });
}
