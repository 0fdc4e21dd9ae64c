import { afterEach, expect, test, vi } from "vitest";
import { installPackages, whyNotInstall } from "./install-packages.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("SENDSAR_NO_INSTALL=1 forbids installing, and the error names the packages to install", async () => {
  vi.stubEnv("SENDSAR_NO_INSTALL", "1");
  expect(await whyNotInstall()).toContain("SENDSAR_NO_INSTALL=1");
  await expect(installPackages(["docker.io", "iptables"], "Docker")).rejects.toThrow(
    "Docker needs the packages docker.io iptables: install them yourself (SENDSAR_NO_INSTALL=1",
  );
});
