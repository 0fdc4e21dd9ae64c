import type { AuditEntry } from "#shared/protocol/audit.ts";
import type { AuditOutcome, AuditStore } from "#shared/store/audit-store.ts";

/** What changed access in memory, held to the contract of the real stores. */
export class MemoryAudit implements AuditStore {
  readonly #entries = new Map<string, AuditEntry>();

  async append(tenantId: string, entry: Omit<AuditEntry, "outcome">): Promise<void> {
    const key = `${tenantId}/${entry.auditId}`;
    if (!this.#entries.has(key)) this.#entries.set(key, { ...entry, outcome: null });
  }

  async conclude(tenantId: string, auditId: string, outcome: AuditOutcome): Promise<void> {
    const entry = this.#entries.get(`${tenantId}/${auditId}`);
    if (entry?.outcome === null) this.#entries.set(`${tenantId}/${auditId}`, { ...entry, outcome });
  }

  async list(
    tenantId: string,
    { before = "~", limit }: { before?: string; limit: number },
  ): Promise<AuditEntry[]> {
    return [...this.#entries]
      .filter(([key, { auditId }]) => key === `${tenantId}/${auditId}` && auditId < before)
      .map(([, entry]) => entry)
      .sort((a, b) => (a.auditId < b.auditId ? 1 : -1))
      .slice(0, limit);
  }
}
