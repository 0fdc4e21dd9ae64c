import type { Deployment } from "#test/deployments/deployment.ts";

/** One more tenant, made as its operator would. @returns its API key. */
export async function makeTenant({ url, adminKey }: Deployment, tenantId: string): Promise<string> {
  const ask = async (method: string, path: string, body: object): Promise<unknown> => {
    const headers = { "x-admin-key": adminKey, "content-type": "application/json" };
    const answer = await fetch(`${url}/admin/v1/tenants/${tenantId}${path}`, {
      ...{ method, headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} tenant ${tenantId}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await ask("PUT", "", { name: tenantId });
  const { apiKey } = (await ask("POST", "/keys", {})) as { apiKey: string };
  return apiKey;
}
