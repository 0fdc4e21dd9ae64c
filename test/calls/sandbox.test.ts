import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CallQualityPost } from "#sdk/js/src/client.ts";
import {
  makeDataDir,
  type RunningDeployment,
  removeDataDir,
  startStandalone,
} from "#test/deployments/deployment.ts";
import { startChromium } from "#test/environment/chromium.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { livekitEnv } from "#test/scenarios/stage.ts";

let browser: Browser;
/** With LiveKit. */
let url: string;
const started: { readonly deployment: RunningDeployment; readonly dataDir: string }[] = [];

beforeAll(async () => {
  browser = await startChromium();
  url = await startSandbox(livekitEnv());
}, 600_000);
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser?.close();
  for (const { deployment, dataDir } of started) {
    await deployment.stop();
    await removeDataDir(dataDir);
  }
});

async function startSandbox(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const dataDir = await makeDataDir();
  const deployment = await startStandalone({ dataDir, env });
  started.push({ deployment, dataDir });
  return deployment.url;
}

/** One side of the sandbox, in a page of its own, connected. */
async function open(of: string, userId: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", ({ message }) => said.push(message));
  page.on("requestfailed", (request) => said.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.goto(`${of}/?as=${userId}`);
  const state = page.locator(`#${userId} .state`);
  await eventually(async () => {
    const status = await state.getAttribute("data-status");
    expect(status, [await state.textContent(), ...said].join("\n")).toBe("connected");
  }, 60_000);
  return page;
}

/** Of each picture of a call, how far it has played; a size of 0 is no picture. */
const pictures = (page: Page) =>
  page.locator(".tile video").evaluateAll((videos) =>
    videos.map((video) => {
      const { videoWidth, currentTime } = video as HTMLVideoElement;
      const frames = (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames;
      return { videoWidth, currentTime, frames };
    }),
  );

/** Both see two moving pictures. */
async function expectMoving(page: Page): Promise<void> {
  const before = await eventually(async () => {
    const shown = await pictures(page);
    expect(shown).toHaveLength(2);
    for (const { videoWidth } of shown) expect(videoWidth).toBeGreaterThan(0);
    return shown;
  }, 30_000);
  await eventually(async () => {
    const now = await pictures(page);
    for (const [i, { currentTime, frames }] of before.entries()) {
      expect(now[i]?.currentTime).toBeGreaterThan(currentTime);
      expect(now[i]?.frames).toBeGreaterThan(frames + 5);
    }
  }, 30_000);
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const status = (page: Page) => page.locator(".call-status").textContent();
const eventTypes = (page: Page) => page.locator(".pane .log .type").allTextContents();

test("two Chromium pages call each other by video, see each other move, and when one hangs up it is over for both", async () => {
  const [rider, driver] = [await open(url, "rider"), await open(url, "driver")];
  expect(await rider.locator(".pane").count()).toBe(1);

  await button(rider, "Video").click();
  await button(driver, "Accept").waitFor();
  expect(await status(driver)).toBe("Video call from Rosa");
  await rider.getByText("Calling Dario …").waitFor();
  await button(driver, "Accept").click();
  await Promise.all([rider, driver].map(expectMoving));
  expect(await status(driver)).toMatch(/^Video call, 0:\d\d$/);
  expect((await driver.locator(".tile figcaption").allTextContents()).sort()).toEqual(["Dario", "Rosa"]);

  // What one turns off, the other does not get.
  await button(rider, "Mute").click();
  await driver.getByText("Rosa, muted").waitFor();
  await button(rider, "Camera off").click();
  await driver.locator(".tile:not(.own) video").waitFor({ state: "hidden" });
  await button(rider, "Camera on").click();
  await expectMoving(driver);

  // LiveKit takes some seconds to say how good a connection is.
  await eventually(async () => expect(await status(driver)).toMatch(/ 0:(1[2-9]|[2-5]\d)$/), 30_000);
  const told = driver.waitForResponse(/\/v1\/calls\/[^/]+\/leave$/);
  const reports = [rider, driver].map((page) => page.waitForResponse(/\/v1\/calls\/[^/]+\/quality$/));
  await button(driver, "Hang up").click();
  expect((await told).status()).toBe(200);
  // Each says what LiveKit called its connection, and for how long.
  for (const report of await Promise.all(reports)) {
    expect(report.status()).toBe(200);
    const { seconds, reconnects } = report.request().postDataJSON() as CallQualityPost;
    expect(Object.values(seconds ?? {}).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0);
    expect(reconnects).toBe(0);
  }
  for (const page of [rider, driver]) {
    await page
      .locator(".message.system")
      .getByText(/^Video call, 0:\d\d$/)
      .waitFor();
    expect(await page.locator(".call").isHidden()).toBe(true);
    expect(await page.locator(".tile").count()).toBe(0);
    expect(await eventTypes(page)).toEqual(
      expect.arrayContaining(["call.ringing", "call.accepted", "call.left", "call.ended"]),
    );
  }
}, 120_000);

test("one declines and is not in the call; after a reload one is in it again", async () => {
  const [rider, driver] = [await open(url, "rider"), await open(url, "driver")];
  await button(driver, "Call").click();
  await button(rider, "Decline").click();
  for (const page of [rider, driver]) {
    await page.locator(".message.system").getByText("Declined call").waitFor();
    expect(await page.locator(".call").isHidden()).toBe(true);
  }

  await button(driver, "Call").click();
  await button(rider, "Accept").click();
  await driver.locator(".tile").nth(1).waitFor();
  await rider.reload();
  await button(rider, "Join here").click();
  await rider.locator(".tile").nth(1).waitFor();
  expect(await status(rider)).toMatch(/^Voice call, 0:\d\d$/);
  await button(rider, "Hang up").click();
  await driver.locator(".call").waitFor({ state: "hidden" });
}, 120_000);

test("without LiveKit the page says what to set, and chats as ever", async () => {
  const page = await open(await startSandbox(), "rider");
  await button(page, "Video").click();
  const said = page.locator("#calls .impossible");
  expect(await said.isVisible()).toBe(true);
  const text = await said.textContent();
  for (const name of ["URL", "API_KEY", "API_SECRET"]) expect(text).toContain(`SENDSAR_LIVEKIT_${name}`);
  expect(text).toContain("npm run livekit");
  await page.getByPlaceholder("Write as Rosa").fill("hello");
  await button(page, "Send").click();
  await page.locator(".message.mine .body").getByText("hello").waitFor();
}, 120_000);

test("calls are on in a new sandbox, and stay off where the operator has turned them off", async () => {
  const dataDir = await makeDataDir();
  const deploy = () => startStandalone({ dataDir, env: livekitEnv() });
  const callsAfterOpening = async ({ url, tenantId, adminKey }: RunningDeployment, settings?: object) => {
    const tenant = `${url}/admin/v1/tenants/${tenantId}`;
    const headers = { "x-admin-key": adminKey, "content-type": "application/json" };
    if (settings) await fetch(tenant, { method: "PUT", headers, body: JSON.stringify({ settings }) });
    const opened = await fetch(`${url}/sandbox/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId: "rider" }),
    });
    expect(opened.status).toBe(200);
    const { settings: kept } = (await (await fetch(tenant, { headers })).json()) as {
      settings: { calls: boolean };
    };
    return kept.calls;
  };
  let deployment = await deploy();
  try {
    expect(await callsAfterOpening(deployment)).toBe(true);
    expect(await callsAfterOpening(deployment, { calls: false })).toBe(false);
    await deployment.stop();
    deployment = await deploy();
    expect(await callsAfterOpening(deployment)).toBe(false);
  } finally {
    await deployment.stop();
    await removeDataDir(dataDir);
  }
}, 60_000);
