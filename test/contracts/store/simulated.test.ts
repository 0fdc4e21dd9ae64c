import { MemoryStore } from "../../sim/engines/memory-store.ts";
import { describeStoreContract } from "./contract.ts";

describeStoreContract("the simulation's memory", async () => {
  const store = new MemoryStore();
  return { store, dispose: () => store.close() };
});
