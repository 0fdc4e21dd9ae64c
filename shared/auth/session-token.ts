/**
 * Session tokens: JWTs signed with Ed25519, for one user of one tenant.
 * What is fixed here is checked of every token, so that nothing else that our keys may ever sign passes for one.
 */
export const sessionToken = {
  algorithm: "EdDSA",
  type: "session+jwt",
  audience: "sendsar",
  claims: {
    tenant: "tid",
    /** When it was issued in milliseconds: `iat` has whole seconds, too coarse to tell what a revocation voids. */
    issuedAtMs: "iat_ms",
  },
} as const;

/** What a good token says. */
export interface Session {
  readonly tenantId: string;
  readonly userId: string;
  readonly tokenId: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}
