import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { optionList } from "#shared/config/options.ts";
import { errorCatalogue, errorCodes } from "#shared/errors/catalogue.ts";
import { closeCodes } from "#shared/errors/close-codes.ts";
import { operationList } from "#shared/protocol/operations.ts";
import { registerDocs } from "./routes.ts";
import { socketMessages } from "./socket-messages.ts";

const app = Fastify();
const get = async (url: string) => app.inject({ method: "GET", url });
let page = "";

beforeAll(async () => {
  registerDocs(app);
  page = (await get("/docs")).body;
});
afterAll(() => app.close());

test.each([
  ["/openapi.json", "application/json; charset=utf-8", "openapi"],
  ["/asyncapi.json", "application/json; charset=utf-8", "asyncapi"],
])("%s is JSON for programs", async (url, type, field) => {
  const answer = await get(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["content-type"]).toBe(type);
  expect(answer.json()).toHaveProperty(field);
});

test("/docs is a page that loads nothing and runs nothing", async () => {
  const { headers, body } = await get("/docs");
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(body).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|\sstyle=|url\(|@import/i);
  expect(body.match(/<style>/g)).toHaveLength(1);
});

describe("the page shows", () => {
  test.each(operationList.map(({ id, path }) => [id, path] as const))("the call %s", (id, path) => {
    expect(page).toContain(`<article class="call" id="${id}"`);
    expect(page.replaceAll("<wbr>", "")).toContain(path);
  });

  test.each(socketMessages.map(({ type }) => type))("the frame or event %s", (type) => {
    expect(page).toContain(`id="ws-${type}"`);
  });

  test.each(errorCodes)("the error %s", (code) => {
    expect(page).toContain(`id="error-${code}">${code}</code></td><td>${errorCatalogue[code].status}<`);
  });

  test.each(Object.values(closeCodes).map(({ code }) => code))("the close code %i", (code) => {
    expect(page).toContain(`id="close-${code}"`);
  });

  test.each(optionList.map(({ name }) => name))("the setting %s", (name) => {
    expect(page).toContain(`<code>${name}</code>`);
  });
});

test("every link within the page leads somewhere, and no two places share a name", () => {
  const places = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(places.filter((id, i) => places.indexOf(id) !== i)).toEqual([]);
  const links = new Set([...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id));
  expect([...links].filter((id) => !places.includes(id))).toEqual([]);
});
