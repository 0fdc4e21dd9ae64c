import { expect, test } from "vitest";
import { pollUntil } from "./poll.ts";

test("an attempt that fails at first is repeated until it holds", async () => {
  let attempts = 0;
  await pollUntil("it holds", 5_000, async () => {
    attempts++;
    if (attempts === 1) throw new Error("not up");
    return attempts === 3;
  });
  expect(attempts).toBe(3);
});

test("past the deadline the error names the last failure", async () => {
  const poll = pollUntil("it holds", 150, () => Promise.reject(new Error("refused")));
  await expect(poll).rejects.toMatchObject({
    message: "Waited 0.15 s until it holds, in vain. The last attempt: refused",
    cause: { message: "refused" },
  });
});
