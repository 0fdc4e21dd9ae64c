import { expect, test } from "vitest";
import { AppError } from "#shared/errors/app-error.ts";
import { enginesReady } from "./engines-ready.ts";

const up = { ping: async () => undefined };
const down = (message: string) => ({
  ping: async () => Promise.reject(new AppError("log_unavailable", message)),
});

test("who is not ready for want of an engine says of which, and of each", async () => {
  await enginesReady({ log: up, store: up });
  await expect(enginesReady({ log: down("gone"), store: up })).rejects.toThrow(/^the log: gone$/);
  await expect(enginesReady({ log: up, store: down("slow") })).rejects.toThrow(/^the store: slow$/);
  await expect(enginesReady({ log: down("gone"), store: down("slow") })).rejects.toThrow(
    /^the log: gone; the store: slow$/,
  );
});
