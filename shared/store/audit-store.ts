import type { AuditEntry } from "#shared/protocol/audit.ts";

/** What is kept of changes of access. A part of the store of its own: see `store.ts`. Nothing here is ever taken back. */
export interface AuditStore {
  /** Durable when it resolves. The same again changes nothing. */
  append(tenantId: string, entry: Omit<AuditEntry, "outcome">): Promise<void>;
  /** Says once how it ended. */
  conclude(tenantId: string, auditId: string, outcome: AuditOutcome): Promise<void>;
  /** Newest first, those before `before`. */
  list(tenantId: string, page: { before?: string; limit: number }): Promise<AuditEntry[]>;
}

export type AuditOutcome = NonNullable<AuditEntry["outcome"]>;
