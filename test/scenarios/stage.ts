import { afterAll, beforeAll, describe } from "vitest";
import { livekitKey } from "#infra/engines/livekit.ts";
import { generateSigningKeys } from "#shared/auth/signing-keys.ts";
import type { RunningDeployment } from "#test/deployments/deployment.ts";
import { engines, uniqueName } from "#test/environment/engines.ts";
import { Caller } from "./caller.ts";
import { type Kind, launch, makePlace, type Place, removePlace } from "./place.ts";
import { Tenant } from "./tenant.ts";

/** Receivers are on this machine, and no test waits for hours. */
const quickEnv = {
  SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8",
  SENDSAR_WEBHOOK_SCHEDULE: "0,0.3,0.3,0.3,0.3,60",
  SENDSAR_WEBHOOK_DISABLE_AFTER_SECONDS: "3",
  SENDSAR_RETENTION_SWEEP_SECONDS: "1",
};

/** The LiveKit server of this run. */
export function livekitEnv() {
  return {
    SENDSAR_LIVEKIT_URL: `ws://${engines().livekitAddress}`,
    SENDSAR_LIVEKIT_API_KEY: livekitKey.apiKey,
    SENDSAR_LIVEKIT_API_SECRET: livekitKey.apiSecret,
  };
}

/** A running deployment that scenarios share: each has tenants of its own on it. */
export interface Stage {
  readonly kind: Kind;
  deployment(): RunningDeployment;
  tenant(): Promise<Tenant>;
  /** Whoever runs it. */
  operator(): Caller;
  /** The tenant that a new deployment comes with. */
  sandbox(): Tenant;
  /** The private keys that its session tokens are signed with. */
  signingKeys(): string;
  /** Every key and token that was handed out. */
  readonly secrets: ReadonlySet<string>;
}

/** Starts a deployment before the tests of the file and ends it after them. */
export function shareDeployment(kind: Kind): Stage {
  const secrets = new Set<string>();
  let signingKeys = "";
  let running: RunningDeployment | null = null;
  let place: Place | null = null;
  const deployment = () => {
    if (running === null) throw new Error(`The ${kind} does not run.`);
    return running;
  };
  beforeAll(async () => {
    place = await makePlace(kind);
    signingKeys = await generateSigningKeys();
    const env = { ...place.env, SENDSAR_SIGNING_KEYS: signingKeys, ...quickEnv, ...livekitEnv() };
    secrets.add(livekitKey.apiSecret);
    running = await launch(kind, { ...place, env });
    secrets.add(running.adminKey);
  });
  afterAll(async () => {
    await running?.stop();
    if (place !== null) await removePlace(place);
  });
  return {
    kind,
    deployment,
    signingKeys: () => signingKeys,
    secrets,
    operator: () => operatorOf(deployment()),
    tenant: () => makeTenant(deployment(), (text) => void secrets.add(text)),
    sandbox: () => {
      const { url, tenantId, apiKey } = deployment();
      return new Tenant({ url, tenantId, apiKey, secret: (text) => void secrets.add(text) });
    },
  };
}

/**
 * Makes a tenant and its key, as an operator does.
 *
 * @param tokenTtlSeconds of its users' tokens, where a test does not say otherwise.
 */
export async function makeTenant(
  deployment: { readonly url: string; readonly adminKey: string },
  secret: (text: string) => void = () => {},
  tokenTtlSeconds?: number,
): Promise<Tenant> {
  const operator = operatorOf(deployment);
  const tenantId = uniqueName("tenant");
  await operator.put(`/admin/v1/tenants/${tenantId}`, { name: "A customer" });
  const made = await operator.post<{ apiKey: string }>(`/admin/v1/tenants/${tenantId}/keys`);
  if (made.status !== 201) throw new Error(`no key: ${made.text}`);
  const ttl = tokenTtlSeconds === undefined ? {} : { tokenTtlSeconds };
  return new Tenant({ url: deployment.url, tenantId, apiKey: made.body.apiKey, secret, ...ttl });
}

function operatorOf({ url, adminKey }: { readonly url: string; readonly adminKey: string }): Caller {
  return new Caller(url, { "x-admin-key": adminKey });
}

/** The same story on every deployment, for scenarios that break theirs and so have it for themselves. */
export function onEveryDeployment(title: string, story: (kind: Kind) => void): void {
  describe.each<Kind>(["standalone", "cluster", "2+2+2"])(`${title}, %s`, story);
}
