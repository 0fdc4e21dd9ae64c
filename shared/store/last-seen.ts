/** When a user was last connected. */
export interface LastSeen {
  readonly tenantId: string;
  readonly userId: string;
  /** RFC 3339. */
  readonly at: string;
}
