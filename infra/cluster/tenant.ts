const tenantId = "sandbox";

/** A tenant to try the cluster with, and a key for it, made as an operator would. */
export async function makeTenant(
  url: string,
  adminKey: string,
): Promise<{ tenantId: string; apiKey: string }> {
  const headers = { "x-admin-key": adminKey };
  const tenant = await fetch(`${url}/admin/v1/tenants/${tenantId}`, { method: "PUT", headers, body: "{}" });
  if (!tenant.ok) throw new Error(`The sandbox tenant could not be made: ${await tenant.text()}`);
  const key = await fetch(`${url}/admin/v1/tenants/${tenantId}/keys`, {
    method: "POST",
    headers,
    body: "{}",
  });
  if (!key.ok) throw new Error(`The sandbox key could not be made: ${await key.text()}`);
  const { apiKey } = (await key.json()) as { apiKey: string };
  return { tenantId, apiKey };
}
