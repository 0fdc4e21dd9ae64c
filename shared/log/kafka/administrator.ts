import type { Admin } from "kafkajs";
import { limits } from "#shared/limits.ts";
import type { LogLogger } from "../log-logger.ts";
import { type KafkaConnection, kafkaClient } from "./client.ts";
import { within } from "./within.ts";

/**
 * kafkajs's admin client. It keeps addresses that it could not reach, so after a failure the next call makes it anew.
 */
export class Administrator {
  readonly #connection: KafkaConnection;
  readonly #logger: LogLogger;
  #admin: Promise<Admin> | null = null;

  constructor(connection: KafkaConnection, logger: LogLogger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  async run<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect();
    const connecting = this.#admin;
    try {
      return await work(await connecting);
    } catch (error) {
      if (this.#admin === connecting) this.#admin = null;
      this.#drop(connecting);
      throw error;
    }
  }

  async close(): Promise<void> {
    const connecting = this.#admin;
    this.#admin = null;
    if (connecting === null) return;
    const left = connecting.then((admin) => admin.disconnect()).catch(() => {});
    await within(limits.pingMsMax, left);
  }

  async #connect(): Promise<Admin> {
    const admin = kafkaClient(this.#connection, this.#logger).admin();
    await admin.connect();
    return admin;
  }

  #drop(connecting: Promise<Admin>): void {
    connecting.then((admin) => admin.disconnect()).catch(() => {});
  }
}
