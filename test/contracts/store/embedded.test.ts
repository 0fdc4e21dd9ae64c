import { openDatabase } from "#shared/embedded/database.ts";
import { createEmbeddedStore } from "#shared/store/embedded/embedded-store.ts";
import { describeStoreContract } from "./contract.ts";

describeStoreContract("the embedded engine", async () => {
  const database = openDatabase(":memory:");
  const store = createEmbeddedStore({ database });
  return {
    store,
    async dispose() {
      await store.close();
      database.close();
    },
  };
});
