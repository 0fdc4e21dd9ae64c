import type { Database } from "#shared/embedded/database.ts";
import { limits } from "#shared/limits.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { auditMs, firstAuditId } from "../audit-ids.ts";
import type { AuditStore } from "../audit-store.ts";
import { fromJson } from "../from-json.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

/** What changed access: an entry is on disk when the call resolves; how it ended is not waited for. */
export function createAuditStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): AuditStore {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO store_audit (tenant_id, audit_id, entry) VALUES (?, ?, ?)",
  );
  const expire = database.prepare(
    `DELETE FROM store_audit WHERE rowid IN (SELECT rowid FROM store_audit ORDER BY rowid LIMIT 20) AND audit_id < ?`,
  );
  const conclude = database.prepare(
    "UPDATE store_audit SET outcome = ? WHERE tenant_id = ? AND audit_id = ? AND outcome IS NULL",
  );
  const list = database.prepare(
    "SELECT entry, outcome FROM store_audit WHERE tenant_id = ? AND audit_id < ? ORDER BY audit_id DESC LIMIT ?",
  );
  return {
    append: (tenantId, entry) =>
      durableCall("appendAudit", () => {
        insert.run(tenantId, entry.auditId, JSON.stringify(entry));
        // As many go as come, and some more.
        expire.run(firstAuditId(auditMs(entry.auditId) - limits.auditRetentionSeconds * 1_000));
      }),
    conclude: (tenantId, auditId, outcome) =>
      call("concludeAudit", () =>
        database.transaction(() => void conclude.run(JSON.stringify(outcome), tenantId, auditId)),
      ),
    list: (tenantId, { before = "~", limit }) =>
      call("listAudit", () =>
        list.all(tenantId, before, limit).map(
          (row): AuditEntry => ({
            ...fromJson<Omit<AuditEntry, "outcome">>(row.entry),
            outcome: row.outcome === null ? null : fromJson(row.outcome),
          }),
        ),
      ),
  };
}
