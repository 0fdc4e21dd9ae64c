import type { Database } from "#shared/embedded/database.ts";
import type { WebhookStore } from "../webhook-store.ts";
import { createWebhookDeliveries } from "./webhook-deliveries.ts";
import { createWebhookEndpoints } from "./webhook-endpoints.ts";
import { createWebhookTold } from "./webhook-told.ts";

type Call = <T>(operation: string, fn: () => T) => Promise<T>;

/**
 * Endpoints are on disk when a call resolves. Deliveries are not waited for: what a loss of power takes of them, it
 * takes of the offsets of the events that made them too.
 */
export function createWebhookStore(
  database: Database,
  { call, durableCall }: { call: Call; durableCall: Call },
): WebhookStore {
  const endpoints = createWebhookEndpoints(database);
  const deliveries = createWebhookDeliveries(database);
  const told = createWebhookTold(database);
  const write: Call = (operation, fn) => call(operation, () => database.transaction(fn));
  return {
    putEndpoint: (endpoint) => durableCall("putWebhookEndpoint", () => endpoints.put(endpoint)),
    setEndpointState: (tenantId, id, state) =>
      durableCall("setWebhookEndpointState", () => endpoints.setState(tenantId, id, state)),
    setEndpointHealth: (tenantId, id, health) =>
      durableCall("setWebhookEndpointHealth", () => endpoints.setHealth(tenantId, id, health)),
    removeEndpoint: (tenantId, id) =>
      durableCall("removeWebhookEndpoint", () => endpoints.remove(tenantId, id)),
    getEndpoint: (tenantId, id) => call("getWebhookEndpoint", () => endpoints.get(tenantId, id)),
    listEndpoints: (tenantId) => call("listWebhookEndpoints", () => endpoints.list(tenantId)),

    listEndpointIds: (tenantId) => call("listWebhookEndpointIds", () => endpoints.ids(tenantId)),

    addDeliveries: (rows, due) =>
      write("addWebhookDeliveries", () => {
        deliveries.add(rows);
        if (due !== undefined) deliveries.changeDue(due.partition, { add: due.rows });
      }),
    setProgress: (changes) => write("setWebhookProgress", () => deliveries.setProgress(changes)),
    setBodies: (changes) => write("setWebhookBodies", () => deliveries.setBodies(changes)),
    getDeliveries: (keys) => call("getWebhookDeliveries", () => deliveries.get(keys)),
    listDeliveries: (tenantId, page) => call("listWebhookDeliveries", () => deliveries.list(tenantId, page)),
    changeDue: (partition, change) =>
      write("changeWebhookDue", () => deliveries.changeDue(partition, change)),
    readDue: (partition, page) => call("readWebhookDue", () => deliveries.readDue(partition, page)),
    readDueMark: (partition) => call("readWebhookMark", () => deliveries.readMark(partition)),
    writeDueMark: (partition, ms) => write("writeWebhookMark", () => deliveries.writeMark(partition, ms)),
    readTail: (key) => call("readWebhookTail", () => deliveries.readTail(key)),
    writeTail: (key, tail) => write("writeWebhookTail", () => deliveries.writeTail(key, tail)),
    readTold: (key) => call("readWebhookTold", () => told.read(key)),
    writeTold: (key, users) => write("writeWebhookTold", () => told.write(key, users)),
    forgetTold: (tenantId, roomId, userId) =>
      write("forgetWebhookTold", () => told.forget(tenantId, roomId, userId, endpoints.ids(tenantId))),
  };
}
