import { expect, expectTypeOf, test } from "vitest";
import { helpText } from "./help.ts";
import { secretKinds } from "./kinds.ts";
import { optionList, programs } from "./options.ts";
import { ConfigError, parseConfig } from "./parse.ts";

function problemsOf(env: Record<string, string>, program: "standalone" | "ingest" | "fanout" = "standalone") {
  try {
    parseConfig(env, program);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test("an empty environment runs the standalone, with the documented defaults", () => {
  const config = parseConfig({}, "standalone");
  expect(config).toMatchObject({ port: 8080, host: "127.0.0.1", dataDir: "./data", adminKey: null });
  expect(Object.isFrozen(config)).toBe(true);
  expectTypeOf(config.port).toEqualTypeOf<number>();
  expectTypeOf(config.adminKey).toEqualTypeOf<string | null>();
});

test("what a program must have is never null in its type, nor at run time", () => {
  const missing = problemsOf({}, "ingest").join("\n");
  for (const name of [
    "ADMIN_KEY",
    "INTERNAL_KEY",
    "SIGNING_KEYS",
    "KAFKA_BROKERS",
    "CASSANDRA_CONTACT_POINTS",
  ]) {
    expect(missing).toContain(`SENDSAR_${name} is required`);
  }
  expectTypeOf<ReturnType<typeof parseConfig<"ingest">>["adminKey"]>().toEqualTypeOf<string>();
  expectTypeOf<ReturnType<typeof parseConfig<"ingest">>["kafkaBrokers"]>().toEqualTypeOf<readonly string[]>();
});

test("an unknown name is refused with the nearest known one", () => {
  expect(problemsOf({ SENDSAR_PROT: "1" })).toEqual([
    "SENDSAR_PROT is not an option. Did you mean SENDSAR_PORT?",
  ]);
  expect(problemsOf({ PORT: "x", OTHER_SENDSAR_PORT: "x" })).toEqual([]);
});

test("an option that only another program reads is accepted", () => {
  expect(problemsOf({ SENDSAR_KAFKA_BROKERS: "a:1", SENDSAR_LIVEKIT_URL: "ftp://x" }, "standalone")).toEqual([
    'SENDSAR_LIVEKIT_URL must be an http, https, ws or wss URL, not "ftp://x"',
    "SENDSAR_LIVEKIT_URL is set and SENDSAR_LIVEKIT_API_KEY is not: set both, or neither",
  ]);
  expect(problemsOf({ SENDSAR_KAFKA_BROKERS: "a:1" }, "standalone")).toEqual([]);
});

test.each([
  ["SENDSAR_PORT", "65536", "a whole number from 0 to 65535"],
  ["SENDSAR_PORT", "-1", "a whole number from 0 to 65535"],
  ["SENDSAR_PORT", "8080x", "a whole number from 0 to 65535"],
  ["SENDSAR_RATE_USER_SENDS", "0", "a whole number from 1"],
  ["SENDSAR_RATE_USER_SENDS", "1.5", "a whole number from 1"],
  ["SENDSAR_WEBHOOK_ALLOW", "10.0.0.0/8,localhost", "a list of CIDRs such as 10.0.0.0/8 (localhost is none)"],
  ["SENDSAR_WEBHOOK_ALLOW", "10.0.0.0/33", "a list of CIDRs such as 10.0.0.0/8 (10.0.0.0/33 is none)"],
  ["SENDSAR_LOG_LEVEL", "loud", "one of trace, debug, info, warn, error, silent"],
])("%s=%s is refused by name and reason", (name, value, reason) => {
  expect(problemsOf({ [name]: value })).toEqual([`${name} must be ${reason}, not ${JSON.stringify(value)}`]);
});

test("all problems are told at once, and no secret with them", () => {
  const problems = problemsOf(
    { SENDSAR_PORT: "x", SENDSAR_ADMIN_KEY: "  ", SENDSAR_PARTITION: "1", SENDSAR_INTERNAL_KEY: "hush" },
    "ingest",
  );
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringContaining("SENDSAR_PARTITION is not an option"),
      expect.stringContaining("SENDSAR_PORT must be"),
      "SENDSAR_ADMIN_KEY must be not empty",
    ]),
  );
  expect(problems.join("\n")).not.toContain("hush");
});

test("LiveKit servers are read by region, and what is wrong with them is told without their secrets", () => {
  const name = "SENDSAR_LIVEKIT_SERVERS";
  const eu = { url: "wss://eu.example", apiKey: "key", apiSecret: "hush" };
  const env = (servers: unknown) => ({ [name]: JSON.stringify(servers) });
  expect(parseConfig(env({ eu }), "standalone").livekitServers).toEqual({ eu });
  const { apiSecret, ...unsigned } = eu;
  const bad = [{}, { eu: unsigned }, { EU: eu }, { eu: { ...eu, url: "hush" } }, { eu: { ...eu, hush: 1 } }];
  for (const servers of [...bad.map(env), { [name]: `{"hush` }]) {
    const problems = problemsOf(servers);
    expect(problems, JSON.stringify(servers)).toEqual([
      expect.stringContaining(`${name} must be JSON by region`),
    ]);
    expect(problems.join()).not.toContain(apiSecret);
  }
});

test("a login is set whole or not at all", () => {
  const engines = { SENDSAR_KAFKA_BROKERS: "a:1", SENDSAR_CASSANDRA_CONTACT_POINTS: "c" };
  const [username, password] = ["SENDSAR_KAFKA_USERNAME", "SENDSAR_KAFKA_PASSWORD"];
  expect(problemsOf({ ...engines, [username]: "u", [password]: "p" }, "fanout")).toEqual([]);
  expect(problemsOf({ ...engines, [username]: "u" }, "fanout")).toEqual([
    `${username} is set and ${password} is not: set both, or neither`,
  ]);
  expect(problemsOf({ ...engines, [username]: "u", [password]: "" }, "fanout")).toHaveLength(1);
  expect(problemsOf({ ...engines, [password]: "hush" }, "fanout")).toEqual([
    `${password} is set and ${username} is not: set both, or neither`,
  ]);
});

test("a bucket is set whole or not at all, but for its region", () => {
  const names = ["ENDPOINT", "BUCKET", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"].map(
    (name) => `SENDSAR_S3_${name}`,
  );
  const env = Object.fromEntries(names.map((name) => [name, "http://s3.example"]));
  expect(problemsOf(env, "standalone")).toEqual([]);
  for (const missing of names) {
    const { [missing]: _missing, ...others } = env;
    expect(problemsOf(others, "standalone")).toHaveLength(1);
  }
});

test("lists and CIDRs are read with IPv6 and blanks", () => {
  const config = parseConfig({ SENDSAR_WEBHOOK_ALLOW: "127.0.0.0/8, fd00::/8" }, "standalone");
  expect(config.webhookAllow).toEqual(["127.0.0.0/8", "fd00::/8"]);
});

test("help lists every option with its default", () => {
  const all = helpText(null);
  for (const { name, doc } of optionList) {
    expect(all).toContain(name);
    expect(all).toContain(doc);
  }
  expect(helpText("standalone")).toContain("default 8080");
  expect(helpText("ingest")).toMatch(/SENDSAR_ADMIN_KEY {2}\(a secret; required\)/);
});

test("every option is read by somebody, has a name of its own, and no secret has a default", () => {
  expect(new Set(optionList.map(({ name }) => name)).size).toBe(optionList.length);
  for (const option of optionList) {
    expect(option.programs.length, option.name).toBeGreaterThan(0);
    if (secretKinds.includes(option.kind)) expect(option.default, option.name).toBeUndefined();
    if (option.needs !== undefined) {
      expect(optionList.find(({ name }) => name === option.needs)?.programs, option.name).toEqual(
        option.programs,
      );
    }
    for (const program of option.requiredBy ?? []) expect(option.programs, option.name).toContain(program);
  }
  for (const program of programs) {
    expect(optionList.some((option) => option.programs.includes(program))).toBe(true);
  }
});
