import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { ConnectedClient, Tenant } from "./tenant.ts";

/** A conversation that goes on beside whatever is tried: a message still gets through, and the processes live. */
export class StillWorks {
  readonly tenant: Tenant;
  readonly roomId: string;
  readonly #listener: ConnectedClient;
  readonly #pids: readonly number[];

  private constructor(tenant: Tenant, roomId: string, listener: ConnectedClient, pids: readonly number[]) {
    this.tenant = tenant;
    this.roomId = roomId;
    this.#listener = listener;
    this.#pids = pids;
  }

  static async on(tenant: Tenant, processes: readonly { readonly pid: number }[]): Promise<StillWorks> {
    const roomId = await tenant.room(["ada", "bob"]);
    const pids = processes.map(({ pid }) => pid);
    return new StillWorks(tenant, roomId, await tenant.connect("ada"), pids);
  }

  async check(): Promise<void> {
    const body = randomUUID();
    const sent = await this.tenant.as("bob").post(`/v1/rooms/${this.roomId}/messages`, { body });
    expect(sent.status).toBe(201);
    await this.#listener.message(this.roomId, body);
    for (const pid of this.#pids) process.kill(pid, 0);
  }

  close(): Promise<void> {
    return this.#listener.close();
  }
}
