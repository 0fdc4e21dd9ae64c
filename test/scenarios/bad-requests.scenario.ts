import { expect, test } from "vitest";
import { type ErrorCode, errorCatalogue } from "#shared/errors/catalogue.ts";
import { limits } from "#shared/limits.ts";
import { type Answer, expectDocumentedError } from "./documented-answer.ts";
import { type RawRequest, rawBytes, rawRequest } from "./raw-http.ts";
import type { Stage } from "./stage.ts";
import { StillWorks } from "./still-works.ts";

const longId = "r".repeat(limits.idCharsMax + 1);
const badIds = {
  "too long": longId,
  "far too long": "r".repeat(limits.idCharsMax * 4),
  "a slash": "a%2Fb",
  "a backslash": "a%5Cb",
  "a blank": "a%20b",
  "a plus": "a+b",
  "beyond ASCII": "%C3%A9",
  "an emoji": "%F0%9F%9A%95",
  NUL: "a%00b",
  "a newline": "a%0Ab",
  "a quote": "a%22b",
  "percent-encoded twice": "a%252Fb",
  "no percent-encoding": "a%zzb",
  "no UTF-8": "a%ffb",
} as const;

const badQueries = {
  rooms: [
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=1.5",
    "limit=abc",
    "limit=",
    "limit=1e2",
    "limit=1&limit=2",
  ],
  messages: [
    "before=-1",
    "after=x",
    "around=3&before=4",
    "before=99999999999999999999",
    "cursor=x",
    "order=asc",
  ],
  presence: [
    "",
    "userIds=",
    "userIds=ada,",
    "userIds=,",
    "userIds=a%20b",
    "userIds=ada&userIds=bob",
    "users=ada",
  ],
  events: ["after=-1", "after=1.5", "before=3", "limit=1000"],
};

const badForms: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ["PUT", "/v1/rooms/new", {}],
  ["PUT", "/v1/rooms/new", { type: "pair", members: [{ userId: "ada" }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: ["ada"] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "" }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "a b" }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: longId }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "ada", role: "king" }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "ada" }, { userId: "ada" }] }],
  ["PUT", "/v1/rooms/new", { type: "direct", members: [{ userId: "ada" }, { userId: "ada" }] }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "ada" }], closeAt: "tomorrow" }],
  [
    "PUT",
    "/v1/rooms/new",
    { type: "group", members: [{ userId: "ada" }], closeAt: "2030-02-30T00:00:00.000Z" },
  ],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "ada" }], name: "" }],
  ["PUT", "/v1/rooms/new", { type: "group", members: [{ userId: "ada" }], name: "n".repeat(257) }],
  ["PATCH", "/v1/rooms/ROOM", {}],
  ["PATCH", "/v1/rooms/ROOM", { state: "ajar" }],
  ["PATCH", "/v1/rooms/ROOM", { type: "group" }],
  ["PUT", "/v1/rooms/ROOM/members/ada", { role: "king" }],
  ["POST", "/v1/rooms/ROOM/typing", { typing: "yes" }],
  ["POST", "/v1/rooms/ROOM/typing", { typing: null }],
  ["POST", "/v1/rooms/ROOM/typing", { roomId: "ROOM" }],
  ["POST", "/v1/rooms/ROOM/read", {}],
  ["POST", "/v1/rooms/ROOM/read", { number: -1 }],
  ["POST", "/v1/rooms/ROOM/read", { number: "1" }],
  ["POST", "/v1/rooms/ROOM/read", { number: 1.5 }],
  ["POST", "/v1/auth/token", {}],
  ["POST", "/v1/auth/token", { userId: "ada", displayName: 7 }],
  ["POST", "/v1/auth/token", { userId: "a/b", displayName: "A" }],
  ["POST", "/v1/auth/token", { userId: "ada", ttlSeconds: limits.tokenTtlSecondsMin - 1 }],
  ["POST", "/v1/auth/token", { userId: "ada", ttlSeconds: limits.tokenTtlSecondsMax + 1 }],
  ["POST", "/v1/auth/token", { userId: "ada", ttlSeconds: "60" }],
  ["POST", "/v1/auth/token", { userId: "ada", avatarUrl: "javascript:alert(1)" }],
  ["PUT", "/v1/users/ada", { displayName: "n".repeat(257) }],
  ["PUT", "/v1/users/ada", { userId: "bob" }],
];

export function badRequests(stage: Stage): void {
  async function prepare() {
    const tenant = await stage.tenant();
    const works = await StillWorks.on(tenant, stage.deployment().processes);
    const asAda = [
      ["x-api-key", tenant.apiKey],
      ["x-user-id", "ada"],
    ] as const;
    const refuses = async (
      name: string,
      request: RawRequest,
      ...codes: readonly ErrorCode[]
    ): Promise<Answer> => {
      const answer = await rawRequest(tenant.url, { headers: asAda, ...request });
      expectDocumentedError(answer);
      const { code } = (answer.body as { error: { code: string } }).error;
      expect(codes, `${name}: ${answer.text}`).toContain(code);
      await works.check();
      return answer;
    };
    return { tenant, works, asAda, refuses };
  }

  test("an id of the wrong form is refused wherever it comes from", async () => {
    const { tenant, works, asAda, refuses } = await prepare();
    for (const [name, id] of Object.entries(badIds)) {
      const body = '{"type":"group","members":[{"userId":"ada"}]}';
      await refuses(name, { path: `/v1/rooms/${id}` }, "invalid_request");
      await refuses(name, { path: `/v1/rooms/${id}/messages` }, "invalid_request");
      await refuses(name, { method: "PUT", path: `/v1/rooms/${id}`, body }, "invalid_request");
      await refuses(name, { path: `/v1/rooms/${works.roomId}/members/${id}` }, "invalid_request");
      await refuses(name, { path: `/v1/rooms/${works.roomId}/messages/${id}` }, "invalid_request");
    }
    await refuses("empty", { path: "/v1/rooms//messages" }, "route_not_found", "invalid_request");
    for (const userId of ["a b", "a/b", longId, "é"]) {
      const headers = [
        ["x-api-key", tenant.apiKey],
        ["x-user-id", userId],
      ] as const;
      await refuses("x-user-id", { path: "/v1/rooms", headers }, "invalid_request");
    }
    const longest = `${"aZ0_-.:@|".repeat(14)}rr`;
    expect(longest).toHaveLength(limits.idCharsMax);
    const body = JSON.stringify({ type: "group", members: [{ userId: longest }] });
    const path = `/v1/rooms/${encodeURIComponent(longest)}`;
    expect((await rawRequest(tenant.url, { method: "PUT", path, headers: asAda, body })).status).toBe(201);
    expect((await rawRequest(tenant.url, { path, headers: asAda })).status).toBe(403);
    const itself = [
      ["x-api-key", tenant.apiKey],
      ["x-user-id", longest],
    ] as const;
    expect((await rawRequest(tenant.url, { path, headers: itself })).body).toMatchObject({ roomId: longest });
    await works.close();
  });

  test("a query of the wrong form is refused", async () => {
    const { works, refuses } = await prepare();
    const paths = {
      rooms: "/v1/rooms",
      presence: "/v1/presence",
      messages: `/v1/rooms/${works.roomId}/messages`,
      events: `/v1/rooms/${works.roomId}/events`,
    };
    for (const [list, queries] of Object.entries(badQueries)) {
      for (const query of queries) {
        const path = `${paths[list as keyof typeof paths]}?${query}`;
        const answer = await refuses(path, { path }, "invalid_request");
        expect(answer.body, path).toHaveProperty("error.details");
      }
    }
    await refuses("cursor", { path: "/v1/rooms?cursor=bm9uc2Vuc2U" }, "invalid_request");
    // Refused twice, for the query and for the room: neither refusal may be left for nobody to catch.
    for (const query of badQueries.messages) {
      const path = `/v1/rooms/no_such_room/messages?${query}`;
      await refuses(path, { path }, "invalid_request", "room_not_found");
    }
    await works.close();
  });

  test("a body of the wrong form is refused, and says which field", async () => {
    const { works, refuses } = await prepare();
    for (const [method, pattern, form] of badForms) {
      const path = pattern.replace("ROOM", works.roomId);
      const answer = await refuses(
        `${method} ${path}`,
        { method, path, body: JSON.stringify(form) },
        "invalid_request",
      );
      expect(answer.body, answer.text).toHaveProperty("error.details");
    }
    await works.close();
  });

  test("what is no call of the API is refused, by what is wrong with it", async () => {
    const { tenant, works, asAda, refuses } = await prepare();
    const room = `/v1/rooms/${works.roomId}`;
    await refuses("an unknown path", { path: "/v1/nothing" }, "route_not_found");
    await refuses("another version", { path: "/v2/rooms" }, "route_not_found");
    await refuses(
      "a path out of the API",
      { path: "/../../etc/passwd" },
      "route_not_found",
      "invalid_request",
    );
    await refuses("a file of the program", { path: "/package.json" }, "route_not_found");
    for (const method of ["DELETE", "PATCH"]) {
      const answer = await refuses(method, { method, path: "/v1/auth/token" }, "method_not_allowed");
      expect(answer.headers.get("allow")).toContain("POST");
    }
    await refuses("a message to be put", { method: "PUT", path: `${room}/messages` }, "method_not_allowed");
    await refuses("no upgrade", { path: "/v1/connect" }, "upgrade_required");
    const long = { path: `${room}/messages?cursor=${"x".repeat(limits.requestUrlBytesMax)}` };
    await refuses("a long query", long, "uri_too_long");
    const large = [...asAda, ["x-large", "x".repeat(limits.requestHeaderBytesMax)]] as const;
    await refuses("large headers", { path: room, headers: large }, "headers_too_large");
    const many = Array.from({ length: 900 }, (_, i) => [`x-${i}`, "some more of it"] as const);
    await refuses("many headers", { path: room, headers: [...asAda, ...many] }, "headers_too_large");
    const system = { method: "POST", path: `${room}/messages`, body: '{"kind":"system","body":"x"}' };
    const bearer = [["authorization", `Bearer ${await tenant.token("ada")}`]] as const;
    await refuses("a client as the system", { ...system, headers: bearer }, "forbidden");
    const nobody = { ...system, body: '{"body":"x"}', headers: [["x-api-key", tenant.apiKey]] as const };
    await refuses("a message of nobody", nobody, "acting_user_required");
    await refuses("rooms of nobody", { path: "/v1/rooms", headers: nobody.headers }, "acting_user_required");
    await works.close();
  });

  test("what is no HTTP is answered with the error shape, or not at all", async () => {
    const { tenant, works } = await prepare();
    const garbage = [
      "nonsense\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n",
      "\u0016\u0003\u0001",
    ];
    for (const bytes of garbage) {
      const answer = await rawBytes(tenant.url, Buffer.from(`${bytes}\r\n\r\n`, "latin1"));
      expectDocumentedError(answer);
      expect(answer.body, bytes).toMatchObject({ error: { code: "invalid_request" } });
      await works.check();
    }
    const twoLengths =
      "POST /v1/auth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}";
    expectDocumentedError(await rawBytes(tenant.url, Buffer.from(twoLengths)));
    const smuggled =
      "POST /v1/auth/token HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    expectDocumentedError(await rawBytes(tenant.url, Buffer.from(smuggled)));
    await works.check();
    await works.close();
  });

  test("every code of the catalogue is documented with a status of its kind", () => {
    for (const [code, { status, doc }] of Object.entries(errorCatalogue)) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(doc).toMatch(/\.$/);
    }
  });
}
