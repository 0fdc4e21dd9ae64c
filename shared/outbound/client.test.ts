import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { limits } from "#shared/limits.ts";
import { OutboundClient, type Resolve } from "./client.ts";
import type { OutboundFailure } from "./failure.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function listen(answer: RequestListener): Promise<{ port: number; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked, server };
}

function clientOf(options: ConstructorParameters<typeof OutboundClient>[0]): OutboundClient {
  const client = new OutboundClient(options);
  cleanups.push(() => client.close());
  return client;
}

const post = (client: OutboundClient, url: string, timeoutMs = 2_000) =>
  client.post({ url, headers: {}, body: "{}", timeoutMs });
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => "no failure",
    (error: OutboundFailure) => error.reason,
  );
/** A name that stands for these addresses, the next time it is asked for the next ones. */
const naming = (...answers: string[][]): Resolve => {
  let asked = 0;
  return (_name, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
};
const listed = { allow: ["127.0.0.0/8"] };

test.each([
  "https://127.0.0.1/",
  "https://127.1/",
  "https://0x7f000001/",
  "https://0x7f.0.0.1/",
  "https://2130706433/",
  "https://017700000001/",
  "https://0/",
  "https://[::1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://169.254.169.254/latest/meta-data/",
  "https://１２７.0.0.1/",
  "https://user:secret@1.1.1.1/",
  "https://1.1.1.1/#fragment",
  "http://1.1.1.1/",
  "ftp://1.1.1.1/",
  "file:///etc/passwd",
  "https://",
  "no url",
])("%s is refused before anything is dialled", async (url) => {
  const client = clientOf({ allow: [] });
  expect(() => client.check(url)).toThrow();
  expect(await failureOf(post(client, url))).toBe("target_refused");
});

test("a name is refused by the address behind it", async () => {
  for (const address of ["127.0.0.1", "10.0.0.1", "::1", "::ffff:169.254.169.254", "64:ff9b::a00:1"]) {
    const client = clientOf({ allow: [], resolve: naming([address]) });
    client.check("https://hooks.example/");
    expect([address, await failureOf(post(client, "https://hooks.example/"))]).toEqual([
      address,
      "target_refused",
    ]);
  }
});

test("of a name with good and bad addresses only the good ones are dialled", async () => {
  const inside = await listen((_request, response) => response.end("inside"));
  const client = clientOf({
    allow: ["127.0.0.1/32"],
    resolve: naming(["127.0.0.2", "10.0.0.1", "127.0.0.1"]),
  });
  const answer = await post(client, `http://hooks.example:${inside.port}/`);
  expect(answer).toMatchObject({ status: 200, body: "inside" });
});

test("a name that is rebound after it was checked is checked again", async () => {
  const receiver = await listen((_request, response) => response.end());
  const client = clientOf({ allow: ["127.0.0.1/32"], resolve: naming(["127.0.0.1"], ["127.0.0.2"]) });
  const url = `http://hooks.example:${receiver.port}/`;
  expect((await post(client, url)).status).toBe(200);
  receiver.server.closeAllConnections();
  expect(await failureOf(post(client, url))).toBe("target_refused");
  expect(receiver.asked).toHaveLength(1);
});

test("plain HTTP goes to listed addresses alone", async () => {
  const client = clientOf({ ...listed, resolve: naming(["1.1.1.1"]) });
  expect(await failureOf(post(client, "http://hooks.example/"))).toBe("target_refused");
  expect(await failureOf(post(client, "http://1.1.1.1/"))).toBe("target_refused");
  expect(await failureOf(post(client, "http://10.0.0.1/"))).toBe("target_refused");
});

test("a redirect to a metadata service is an answer like any other, and not followed", async () => {
  const target = await listen((_request, response) => response.end("secret"));
  const receiver = await listen((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${target.port}/latest/meta-data` }).end();
  });
  expect((await post(clientOf(listed), `http://127.0.0.1:${receiver.port}/`)).status).toBe(302);
  expect(target.asked).toEqual([]);
});

test("an answer without end is cut, and of a long one the beginning is kept", async () => {
  const receiver = await listen((_request, response) => {
    const write = () => {
      while (!response.destroyed && response.write("x".repeat(16_384)));
    };
    response.on("drain", write);
    write();
  });
  const answer = await post(clientOf(listed), `http://127.0.0.1:${receiver.port}/`);
  expect(answer).toEqual({ status: 200, retryAfter: null, body: "x".repeat(limits.outboundAnswerBytesMax) });
});

test("a server that says nothing, or refuses, or hangs up is told apart", async () => {
  const silent = await listen(() => {});
  const client = clientOf(listed);
  expect(await failureOf(post(client, `http://127.0.0.1:${silent.port}/`, 50))).toBe("timeout");
  const slow = await listen((_request, response) => response.writeHead(200).write("some"));
  expect(await failureOf(post(client, `http://127.0.0.1:${slow.port}/`, 50))).toBe("timeout");
  const rude = await listen((request) => request.socket.destroy());
  expect(await failureOf(post(client, `http://127.0.0.1:${rude.port}/`))).toBe("connection");
  const gone = clientOf({
    ...listed,
    resolve: (_name, _options, callback) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND", syscall: "getaddrinfo" }), []),
  });
  expect(await failureOf(post(gone, "http://hooks.example/"))).toBe("dns");
});

test("retry-after is passed on", async () => {
  const receiver = await listen((_request, response) => {
    response.writeHead(503, { "retry-after": "7" }).end("later");
  });
  expect(await post(clientOf(listed), `http://127.0.0.1:${receiver.port}/`)).toEqual({
    status: 503,
    retryAfter: "7",
    body: "later",
  });
});
