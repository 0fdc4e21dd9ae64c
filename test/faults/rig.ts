import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { askCluster } from "#infra/cluster/control.ts";
import type { NodeStatus } from "#infra/cluster/nodes.ts";
import type { RunningDeployment } from "#test/deployments/deployment.ts";
import { eventually } from "#test/scenarios/eventually.ts";
import { launch, makePlace, type Place, removePlace } from "#test/scenarios/place.ts";
import { makeTenant } from "#test/scenarios/stage.ts";
import type { Tenant } from "#test/scenarios/tenant.ts";

const upAgainMsMax = 60_000;
/** Limits that protect a product from its users are tested elsewhere, and would slow these down. */
const common = {
  SENDSAR_LOG_LEVEL: "warn",
  SENDSAR_RATE_USER_SENDS: "1000000",
  SENDSAR_RATE_CONNECTION_FRAMES: "1000000",
  SENDSAR_RATE_TENANT_REQUESTS: "1000000",
};
const run = promisify(execFile);

/** A 2+2+2 cluster that faults are injected into. Each test leaves it whole, with nodes that may bear other names. */
export class Rig {
  readonly #place: Place;
  readonly #deployment: RunningDeployment;

  constructor(place: Place, deployment: RunningDeployment) {
    this.#place = place;
    this.#deployment = deployment;
  }

  get dataDir(): string {
    return this.#place.dataDir;
  }

  tenant(tokenTtlSeconds?: number): Promise<Tenant> {
    return makeTenant(this.#deployment, undefined, tokenTtlSeconds);
  }

  output(): string {
    return this.#deployment.output();
  }

  async nodes(service?: string): Promise<readonly NodeStatus[]> {
    const all = (await askCluster(this.dataDir, "GET", "/nodes")) as readonly NodeStatus[];
    return all.filter((node) => service === undefined || node.service === service);
  }

  /** One that is up. */
  async oneOf(service: string): Promise<NodeStatus & { readonly pid: number }> {
    const node = (await this.nodes(service)).find(({ state }) => state === "up");
    if (node?.pid == null) throw new Error(`no ${service} node is up`);
    return { ...node, pid: node.pid };
  }

  async signal(id: string, signal: NodeJS.Signals): Promise<void> {
    const node = (await this.nodes()).find((one) => one.id === id);
    if (node?.pid == null) throw new Error(`${id} has no process`);
    process.kill(node.pid, signal);
  }

  /** kill -9, and waits until it is back under another pid. */
  async kill(id: string): Promise<void> {
    const before = (await this.nodes()).find((one) => one.id === id);
    await this.signal(id, "SIGKILL");
    await eventually(async () => {
      const now = (await this.nodes()).find((one) => one.id === id);
      expect(now).toMatchObject({ state: "up", restarts: (before?.restarts ?? 0) + 1 });
    }, upAgainMsMax);
  }

  /** Starts one more with the documented command. @returns its name. */
  async add(service: string): Promise<string> {
    const [id = ""] = (await this.#command("add", service)).split(" ");
    return id;
  }

  /** Takes one out with the documented command. */
  async drain(id: string): Promise<void> {
    await this.#command("drain", id);
  }

  async stop(): Promise<number | null> {
    return this.#deployment.stop();
  }

  async remove(): Promise<void> {
    await removePlace(this.#place);
  }

  async #command(...words: string[]): Promise<string> {
    const env = { ...process.env, SENDSAR_DATA_DIR: this.dataDir };
    const { stdout } = await run(process.execPath, ["infra/cluster/main.ts", ...words], { env });
    return stdout;
  }
}

/**
 * Starts a 2+2+2 cluster before the tests of the file, and ends it after them.
 *
 * @param env what its nodes run with beside what every test's deployment does.
 */
export function shareRig(env: () => Promise<Readonly<Record<string, string>>> = async () => ({})): () => Rig {
  let rig: Rig | null = null;
  beforeAll(async () => {
    const place = await makePlace("2+2+2");
    const all = { ...place, env: { ...place.env, ...common, ...(await env()) } };
    rig = new Rig(place, await launch("2+2+2", all));
  });
  afterAll(async () => {
    const code = await rig?.stop();
    await rig?.remove();
    expect(code, "the whole cluster drains and ends in order").toBe(0);
  });
  return () => {
    if (rig === null) throw new Error("The cluster does not run.");
    return rig;
  };
}
