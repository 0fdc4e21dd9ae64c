import { limits } from "#shared/limits.ts";
import type { AuditEntry } from "#shared/protocol/audit.ts";
import { auditMs } from "../audit-ids.ts";
import type { AuditStore } from "../audit-store.ts";
import { fromJson } from "../from-json.ts";
import type { Session } from "./session.ts";

const ttl = limits.auditRetentionSeconds;
const insertHour = `INSERT INTO audit_hours (tenant_id, hour) VALUES (?, ?) USING TTL ${ttl}`;
const insert = `INSERT INTO audit (tenant_id, hour, audit_id, entry) VALUES (?, ?, ?, ?) USING TTL ${ttl}`;
const conclude = `UPDATE audit USING TTL ${ttl} SET outcome = ? WHERE tenant_id = ? AND hour = ? AND audit_id = ?`;
const selectHours = "SELECT hour FROM audit_hours WHERE tenant_id = ? AND hour <= ? LIMIT ?";
const select = "SELECT entry, outcome FROM audit WHERE tenant_id = ? AND hour = ? AND audit_id < ? LIMIT ?";

const hourMs = 3_600_000;
const hourOf = (auditId: string) => Math.floor(auditMs(auditId) / hourMs);
/** After every id. */
const last = "~";
const lastHour = 2_147_483_647;
/** Hours looked up at a time. */
const hoursPerRead = 100;

type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

export function createAuditStore(session: Session, call: Call): AuditStore {
  async function list(tenantId: string, { before = last, limit }: { before?: string; limit: number }) {
    const found: AuditEntry[] = [];
    let upTo = before === last ? lastHour : hourOf(before);
    for (;;) {
      const hours = await session.rows(selectHours, [tenantId, upTo, hoursPerRead]);
      for (const { hour } of hours) {
        const rows = await session.rows(select, [tenantId, Number(hour), before, limit - found.length]);
        found.push(
          ...rows
            // Of one whose entry has expired before its outcome nothing is left to say.
            .filter(({ entry }) => entry !== null)
            .map(
              ({ entry, outcome }): AuditEntry => ({
                ...fromJson<Omit<AuditEntry, "outcome">>(entry),
                outcome: outcome === null ? null : fromJson(outcome),
              }),
            ),
        );
        if (found.length >= limit) return found;
        upTo = Number(hour) - 1;
      }
      if (hours.length < hoursPerRead) return found;
    }
  }

  return {
    append: (tenantId, entry) =>
      call("appendAudit", async () => {
        const hour = hourOf(entry.auditId);
        // Before the entry, which nobody would find without it.
        await session.writePartition([{ query: insertHour, params: [tenantId, hour] }]);
        const params = [tenantId, hour, entry.auditId, JSON.stringify(entry)];
        await session.writePartition([{ query: insert, params }]);
      }),
    conclude: (tenantId, auditId, outcome) =>
      call("concludeAudit", () =>
        session.writePartition([
          { query: conclude, params: [JSON.stringify(outcome), tenantId, hourOf(auditId), auditId] },
        ]),
      ),
    list: (tenantId, page) => call("listAudit", () => list(tenantId, page)),
  };
}
