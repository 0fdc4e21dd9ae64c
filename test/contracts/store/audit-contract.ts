import { expect, test } from "vitest";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { newAuditId } from "#shared/store/audit-ids.ts";
import type { Subject } from "./contract.ts";

const nowMs = Date.now();
const awkward = "Ünïcödé 👩‍👧 \u0000 'quoted'";

function entryAt(ms: number): Omit<AuditEntry, "outcome"> {
  return {
    auditId: newAuditId(ms),
    at: new Date(ms).toISOString(),
    actor: { kind: "server", keyId: "k", userId: null },
    action: "putMember",
    target: { roomId: awkward, userId: "u" },
    details: { role: "owner", [awkward]: [null, 1] },
    requestId: "req_1",
  };
}

export function auditContract({ store, tenant }: Subject): void {
  test("entries come newest first, page by page, whatever the time between them, and each tenant's alone", async () => {
    const [one, other] = [tenant(), tenant()];
    expect(await store().audit.list(one, { limit: 5 })).toEqual([]);
    const hours = [0, 0, 1, 5, 300, 9_000];
    const entries = hours.map((hour, n) => entryAt(nowMs - hour * 3_600_000 - n));
    for (const entry of entries.toReversed()) await store().audit.append(one, entry);
    await store().audit.append(other, entryAt(nowMs));
    const found: string[] = [];
    for (let before: string | undefined; ; ) {
      const page = await store().audit.list(one, { limit: 2, ...(before === undefined ? {} : { before }) });
      found.push(...page.map(({ auditId }) => auditId));
      before = page.at(-1)?.auditId;
      if (page.length === 0) break;
    }
    expect(found).toEqual(entries.map(({ auditId }) => auditId));
    expect(await store().audit.list(one, { limit: 1 })).toEqual([{ ...entries[0], outcome: null }]);
    expect(await store().audit.list(other, { limit: 9 })).toHaveLength(1);
  });

  test("how a call ended is said beside its entry, which stays what it was", async () => {
    const tenantId = tenant();
    const entry = entryAt(nowMs);
    await store().audit.append(tenantId, entry);
    const outcome = { status: 201, code: null, made: { keyId: "k" } };
    await store().audit.conclude(tenantId, entry.auditId, outcome);
    await store().audit.append(tenantId, entry);
    expect(await store().audit.list(tenantId, { limit: 2 })).toEqual([{ ...entry, outcome }]);
  });
}
