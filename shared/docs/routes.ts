import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { wireVersion } from "#shared/protocol/version.ts";
import { asyncApiDocument } from "./asyncapi.ts";
import { docsPage } from "./docs-page.ts";
import { type DocumentOptions, openApiDocument } from "./openapi.ts";
import { pageStyle } from "./page/page-style.ts";

const json = "application/json; charset=utf-8";

/** Nothing is loaded and nothing runs: the page is text and one style. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Adds the contract for programs and for people. It is written out once, here: it does not change while we run. */
export function registerDocs(app: FastifyInstance, options: Omit<DocumentOptions, "version"> = {}): void {
  const version = String(wireVersion);
  const openApi = openApiDocument({ ...options, version });
  const asyncApi = asyncApiDocument({ ...options, version });
  const bodies = [
    { url: "/openapi.json", type: json, body: Buffer.from(JSON.stringify(openApi)), headers: {} },
    { url: "/asyncapi.json", type: json, body: Buffer.from(JSON.stringify(asyncApi)), headers: {} },
    {
      url: "/docs",
      type: "text/html; charset=utf-8",
      body: Buffer.from(docsPage(openApi, asyncApi)),
      headers: { "content-security-policy": policy, "referrer-policy": "no-referrer" },
    },
  ];
  for (const { url, type, body, headers } of bodies) {
    app.get(url, { config: { operationId: "docs" } }, async (_request, reply) =>
      reply.headers({ ...headers, "content-type": type, "cache-control": "public, max-age=300" }).send(body),
    );
  }
}
