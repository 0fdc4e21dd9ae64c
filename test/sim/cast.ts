import type { Who } from "./nodes/device.ts";

export interface RoomPlan {
  readonly tenantId: string;
  readonly roomId: string;
  readonly members: readonly string[];
  /** It is frozen, closed, and people come and go: what is acknowledged there may be refused after all. */
  readonly isUnruly: boolean;
}

/** Made before anything goes wrong: of two tenants that name their rooms and users alike. */
export const rooms: readonly RoomPlan[] = [
  { tenantId: "acme", roomId: "trip", members: ["ann", "bob"], isUnruly: false },
  { tenantId: "acme", roomId: "team", members: ["ann", "bob", "eve"], isUnruly: false },
  { tenantId: "umbrella", roomId: "trip", members: ["ann", "bob"], isUnruly: false },
  { tenantId: "acme", roomId: "hall", members: ["ann", "bob", "eve"], isUnruly: true },
];

/** Made on the way, one after the other. */
export const laterRooms: readonly RoomPlan[] = [
  { tenantId: "acme", roomId: "later-1", members: ["ann", "bob"], isUnruly: false },
  { tenantId: "acme", roomId: "later-2", members: ["ann", "bob", "eve"], isUnruly: false },
];

export const devices: readonly (Who & { readonly name: string; readonly comesAndGoes: boolean })[] = [
  { name: "ann's phone", tenantId: "acme", userId: "ann", comesAndGoes: false },
  { name: "ann's laptop", tenantId: "acme", userId: "ann", comesAndGoes: false },
  { name: "bob's phone", tenantId: "acme", userId: "bob", comesAndGoes: false },
  { name: "the other ann's", tenantId: "umbrella", userId: "ann", comesAndGoes: false },
  { name: "eve's phone", tenantId: "acme", userId: "eve", comesAndGoes: true },
];
