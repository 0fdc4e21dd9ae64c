import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { createClient, type SendsarClient, type SocketConstructor } from "#sdk/js/src/client.ts";
import type { Room } from "#shared/protocol/resources.ts";
import { BareClient, type Connected } from "./bare-client.ts";
import { Caller } from "./caller.ts";

export interface TenantOptions {
  readonly url: string;
  readonly tenantId: string;
  readonly apiKey: string;
  /** Is told of every secret, so that a test can look for it where it must not be. */
  readonly secret: (text: string) => void;
  /** Of its users' tokens; the product's default where it is not said. */
  readonly tokenTtlSeconds?: number;
}

/** A customer with its own users and rooms: what one scenario does is never seen by another. */
export class Tenant {
  readonly url: string;
  readonly tenantId: string;
  readonly apiKey: string;
  /** The customer's server, for nobody in particular. */
  readonly server: Caller;
  readonly #secret: (text: string) => void;
  readonly #tokenTtlSeconds: number | undefined;

  constructor({ url, tenantId, apiKey, secret, tokenTtlSeconds }: TenantOptions) {
    this.#tokenTtlSeconds = tokenTtlSeconds;
    this.url = url;
    this.tenantId = tenantId;
    this.apiKey = apiKey;
    this.server = new Caller(url, { "x-api-key": apiKey });
    this.#secret = secret;
    secret(apiKey);
  }

  /** The customer's server, acting for a user. */
  as(userId: string): Caller {
    return new Caller(this.url, { "x-api-key": this.apiKey, "x-user-id": userId });
  }

  async token(userId: string, ttlSeconds = this.#tokenTtlSeconds): Promise<string> {
    const asked = { userId, displayName: userId, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
    const { body, status, text } = await this.server.post<{ token: string }>("/v1/auth/token", asked);
    if (status !== 200) throw new Error(`no token: ${text}`, { cause: body });
    this.#secret(body.token);
    return body.token;
  }

  /** A user's own client, over REST. */
  async client(userId: string): Promise<Caller> {
    return new Caller(this.url, { authorization: `Bearer ${await this.token(userId)}` });
  }

  /** A user's own client, over WebSocket, connected. */
  async connect(userId: string, resume?: Readonly<Record<string, number>>): Promise<ConnectedClient> {
    const client = await BareClient.open(this.url);
    return Object.assign(client, { connected: await client.connect(await this.token(userId), resume) });
  }

  /** A user's own client, as customers have it. Not connected yet. */
  sdk(userId: string, options: SdkOptions = {}): SdkClient {
    const client = createClient({
      url: this.url,
      webSocket: WebSocket as unknown as SocketConstructor,
      bounds: { backoffBaseMs: 100, backoffCapMs: 1_000 },
      ...options,
    });
    return { client, connect: async () => void (await client.connect(() => this.token(userId))) };
  }

  /** A new room with these members. */
  async room(userIds: readonly string[], type: "direct" | "group" = "direct"): Promise<string> {
    const roomId = `room_${randomUUID()}`;
    const members = userIds.map((userId) => ({ userId }));
    const { status, text } = await this.server.put<Room>(`/v1/rooms/${roomId}`, { type, members });
    if (status !== 201) throw new Error(`no room: ${status} ${text}`);
    return roomId;
  }
}

export type ConnectedClient = BareClient & { readonly connected: Connected };
type SdkOptions = Partial<Parameters<typeof createClient>[0]>;
export interface SdkClient {
  readonly client: SendsarClient;
  readonly connect: () => Promise<void>;
}
