import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { errorCatalogue, errorCodes } from "#shared/errors/catalogue.ts";
import { BeforeSendCall } from "#shared/protocol/before-send.ts";
import { operationList } from "#shared/protocol/operations.ts";
import { webhookEvents } from "#shared/protocol/webhooks.ts";
import { openApiDocument } from "./openapi.ts";
import { operationsOf } from "./page/operation-view.ts";

const document = openApiDocument({ version: "1" });
const placed = operationsOf(document);

/** Compiles a schema of the document, references into it included. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: "document", ...document });
const validate = (schema: object, value: unknown): unknown => {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/');
  const check = ajv.compile(JSON.parse(text) as object);
  return check(value) ? [] : check.errors;
};

test("the document is OpenAPI 3.1", async () => {
  expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true });
});

test("every operation of the table is in the document, and no other", () => {
  expect(placed.map(({ method, path, operation }) => [operation.operationId, method, path]).sort()).toEqual(
    operationList.map(({ id, method, path }) => [id, method, path]).sort(),
  );
});

test("all that a server may be sent or asked is there, with examples that its schemas admit", () => {
  const asked = BeforeSendCall.properties.type.const;
  expect(Object.keys(document.webhooks)).toEqual([
    ...webhookEvents.map(({ properties }) => properties.type.const),
    asked,
  ]);
  const answer = document.webhooks[asked]?.post.responses["200"]?.content?.["application/json"];
  expect(answer && validate(answer.schema, answer.example)).toEqual([]);
  for (const [type, { post }] of Object.entries(document.webhooks)) {
    const { schema, example } = post.requestBody.content["application/json"];
    expect(validate(schema, example), type).toEqual([]);
    expect(post.summary).not.toBe(type);
  }
});

describe.each(operationList)("$id", ({ id, params, responses, errors }) => {
  const found = placed.find(({ operation }) => operation.operationId === id);
  const operation = found?.operation;

  test("has a place for each parameter of its path", () => {
    const named = [...(found?.path ?? "").matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(operation?.parameters?.filter((one) => one.in === "path").map(({ name }) => name) ?? []).toEqual(
      named,
    );
    expect(Object.keys((params as { properties?: object }).properties ?? {})).toEqual(named);
  });

  test("lists its answers, and each of its errors under the error's status", () => {
    for (const status of Object.keys(responses)) expect(operation?.responses).toHaveProperty(status);
    for (const code of errors) {
      const answer = operation?.responses[String(errorCatalogue[code].status)];
      expect(answer?.["x-error-codes"]).toContain(code);
    }
  });

  test("has examples that its schemas admit", () => {
    const body = operation?.requestBody?.content["application/json"];
    if (body !== undefined) expect(validate(body.schema, body.example)).toEqual([]);
    for (const { schema, example } of operation?.parameters ?? [])
      expect(validate(schema, example)).toEqual([]);
    for (const { content } of Object.values(operation?.responses ?? {})) {
      const json = content?.["application/json"];
      if (json?.example !== undefined) expect(validate(json.schema, json.example)).toEqual([]);
    }
  });
});

test("every error code has an example that the error schema admits", () => {
  const { examples, schemas } = document.components;
  expect(Object.keys(examples)).toEqual(errorCodes);
  for (const { value } of Object.values(examples)) {
    expect(validate(schemas.ErrorResponse ?? {}, value)).toEqual([]);
  }
});

test("a 429 says when to come back and what was allowed", () => {
  for (const { operation } of placed) {
    const answer = operation.responses["429"];
    if (answer === undefined) continue;
    expect(Object.keys(answer.headers)).toEqual(
      expect.arrayContaining(["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"]),
    );
  }
});

test("the token request is the product page's", () => {
  const operation = document.paths["/v1/auth/token"]?.post;
  expect(operation?.security).toContainEqual({ apiKey: [] });
  expect(Object.keys(operation?.requestBody?.content["application/json"].example as object)).toEqual([
    "userId",
    "displayName",
  ]);
});

test("a deployment's own address is named where it is known", () => {
  const { servers } = openApiDocument({ version: "1", serverUrl: "https://chat.acme.example" });
  expect(servers).toEqual([{ url: "https://chat.acme.example" }]);
});
