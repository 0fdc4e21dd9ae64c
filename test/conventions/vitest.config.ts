import { defineConfig } from "vitest/config";

/** The conventions alone: they need no engines, so `npm run check` can hold them. */
export default defineConfig({
  test: { root: new URL("../..", import.meta.url).pathname, include: ["test/conventions/**/*.test.ts"] },
});
