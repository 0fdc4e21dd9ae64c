/** A room in a user's archive. Of two that closed at one time the smaller id comes first. */
export interface ClosedRoom {
  /** RFC 3339. */
  readonly closedAt: string;
  readonly roomId: string;
}

/** A room that changes by itself, and when. Ordered by all three, the time first. */
export interface DueRoom {
  /** RFC 3339. */
  readonly dueAt: string;
  readonly tenantId: string;
  readonly roomId: string;
}
