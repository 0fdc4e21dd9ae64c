import type { Clock } from "#shared/clock.ts";
import { limits } from "#shared/limits.ts";
import type { WebhookStore } from "../webhook-store.ts";
import type { Session } from "./session.ts";
import { WebhookDeliveries } from "./webhook-deliveries.ts";
import { insertsOf, WebhookDue } from "./webhook-due.ts";
import { WebhookEndpoints } from "./webhook-endpoints.ts";
import { WebhookTold } from "./webhook-told.ts";

type Call = <T>(operation: string, fn: () => Promise<T>) => Promise<T>;

/** @param call makes one call of the port of what it is given. */
export function createWebhookStore(session: Session, clock: Clock, call: Call): WebhookStore {
  const endpoints = new WebhookEndpoints(session, clock);
  const deliveries = new WebhookDeliveries(session, clock);
  const due = new WebhookDue(session);
  const told = new WebhookTold(session);
  const addDeliveries: WebhookStore["addDeliveries"] = async (rows, when) => {
    const dueRows = when === undefined ? [] : insertsOf(when.partition, when.rows);
    // What a usual message becomes is one request. A part of it alone does no harm: the whole is written again.
    if (rows.length + dueRows.length <= limits.webhookRowsPerRequestMax) return deliveries.add(rows, dueRows);
    await deliveries.add(rows, []);
    if (when !== undefined) await due.change(when.partition, { add: when.rows });
  };
  return {
    putEndpoint: (endpoint) => call("putWebhookEndpoint", () => endpoints.put(endpoint)),
    setEndpointState: (tenantId, id, state) =>
      call("setWebhookEndpointState", () => endpoints.setState(tenantId, id, state)),
    setEndpointHealth: (tenantId, id, health) =>
      call("setWebhookEndpointHealth", () => endpoints.setHealth(tenantId, id, health)),
    removeEndpoint: (tenantId, id) => call("removeWebhookEndpoint", () => endpoints.remove(tenantId, id)),
    getEndpoint: (tenantId, id) => call("getWebhookEndpoint", () => endpoints.get(tenantId, id)),
    listEndpoints: (tenantId) => call("listWebhookEndpoints", () => endpoints.list(tenantId)),
    listEndpointIds: (tenantId) => call("listWebhookEndpointIds", () => endpoints.ids(tenantId)),

    addDeliveries: (rows, due) => call("addWebhookDeliveries", () => addDeliveries(rows, due)),
    setProgress: (changes) => call("setWebhookProgress", () => deliveries.setProgress(changes)),
    setBodies: (changes) => call("setWebhookBodies", () => deliveries.setBodies(changes)),
    getDeliveries: (keys) => call("getWebhookDeliveries", () => deliveries.get(keys)),
    listDeliveries: (tenantId, page) => call("listWebhookDeliveries", () => deliveries.list(tenantId, page)),
    changeDue: (partition, change) => call("changeWebhookDue", () => due.change(partition, change)),
    readDue: (partition, page) => call("readWebhookDue", () => due.read(partition, page)),
    readDueMark: (partition) => call("readWebhookMark", () => due.readMark(partition)),
    writeDueMark: (partition, ms) => call("writeWebhookMark", () => due.writeMark(partition, ms)),
    readTail: (key) => call("readWebhookTail", () => deliveries.readTail(key)),
    writeTail: (key, tail) => call("writeWebhookTail", () => deliveries.writeTail(key, tail)),
    readTold: (key) => call("readWebhookTold", () => told.read(key)),
    writeTold: (key, users) => call("writeWebhookTold", () => told.write(key, users)),
    forgetTold: (tenantId, roomId, userId) =>
      call("forgetWebhookTold", async () =>
        told.forget(tenantId, roomId, userId, await endpoints.ids(tenantId)),
      ),
  };
}
