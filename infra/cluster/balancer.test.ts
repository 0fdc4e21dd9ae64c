import { expect, test } from "vitest";
import { Balancer, type Target, type Visit } from "./balancer.ts";

const node = (id: string): Target => ({ id, url: `http://${id}` });

function balancing(...ids: string[]) {
  const up = ids.map(node);
  return { up, balancer: new Balancer((service) => (service === "gateway" ? up : [])) };
}
const idOf = (visit: Visit | null) => visit?.target.id;

test("requests that end at once go to the nodes in turn", () => {
  const { balancer } = balancing("a", "b", "c");
  const seen = Array.from({ length: 6 }, () => {
    const visit = balancer.visit("gateway", "requests");
    visit?.over();
    return idOf(visit);
  });
  expect(seen.slice(0, 3).toSorted()).toEqual(["a", "b", "c"]);
  expect(seen.slice(3)).toEqual(seen.slice(0, 3));
});

test("a node that has just come takes sockets until it has as many as the others", () => {
  const { up, balancer } = balancing("a");
  for (let i = 0; i < 4; i++) balancer.visit("gateway", "sockets");
  up.push(node("b"));
  const seen = Array.from({ length: 4 }, () => idOf(balancer.visit("gateway", "sockets")));
  expect(seen).toEqual(["b", "b", "b", "b"]);
});

test("sockets do not count as requests: a node is quiet when it has nothing to answer", async () => {
  const { balancer } = balancing("a");
  balancer.visit("gateway", "sockets");
  await balancer.quiet("a", 60_000);
  const request = balancer.visit("gateway", "requests");
  let quiet = false;
  const waiting = balancer.quiet("a", 60_000).then(() => {
    quiet = true;
  });
  await Promise.resolve();
  expect(quiet).toBe(false);
  request?.over();
  await waiting;
});

test("a request that another node took is that node's", async () => {
  const { balancer } = balancing("a");
  const request = balancer.visit("gateway", "requests");
  request?.moved(node("b"));
  await balancer.quiet("a", 60_000);
  request?.over();
  await balancer.quiet("b", 60_000);
});

test("the wait for quiet has an end", async () => {
  const { balancer } = balancing("a");
  balancer.visit("gateway", "requests");
  await balancer.quiet("a", 10);
});

test("others that can stand in are of the same service", () => {
  const { balancer } = balancing("a", "b");
  expect(balancer.others("http://a").map(({ id }) => id)).toEqual(["b"]);
  expect(balancer.others("http://unknown")).toEqual([]);
});

test("without a node there is nobody to visit", () => {
  expect(balancing().balancer.visit("gateway", "requests")).toBeNull();
});
