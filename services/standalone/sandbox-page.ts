import { readFileSync } from "node:fs";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { AppError } from "#shared/errors/app-error.ts";
import { bodyReader } from "#shared/http/request-parts.ts";
import { browserModules, livekitModule } from "./browser-modules.ts";
import { assertLocal } from "./local-only.ts";
import type { SandboxReceiver } from "./sandbox-receiver.ts";

/** What the page needs of the deployment it shows. The API key stays on this side. */
export interface SandboxPageDeps {
  /** A session token of a user of the sandbox tenant; short-lived, as the page asks again by itself. */
  mintToken(userId: string, displayName: string): Promise<string>;
  /** Makes sure that there is a room, with both users in it. */
  ensureRoom(): Promise<{ readonly roomId: string }>;
  /** Makes the endpoint of the page's receiver, in place of the one of an earlier start. */
  openEndpoint(url: string): Promise<{ readonly endpointId: string; readonly secret: string }>;
}

/** The people of the sandbox. The page gets tokens for nobody else. */
export const sandboxUsers = [
  { userId: "rider", displayName: "Rosa" },
  { userId: "driver", displayName: "Dario" },
] as const;

const TokenRequest = Type.Object(
  { userId: Type.Enum(sandboxUsers.map(({ userId }) => userId)) },
  { additionalProperties: false },
);

const ReceiverRequest = Type.Object(
  { failing: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);

const html = "text/html; charset=utf-8";
const script = "text/javascript; charset=utf-8";
const files: readonly (readonly [path: string, file: string, type: string])[] = [
  ["/", "index.html", html],
  ["/page/style.css", "style.css", "text/css; charset=utf-8"],
  ["/page/icon.svg", "icon.svg", "image/svg+xml"],
];

/** Where the page goes beside the API itself. */
export interface PageOrigins {
  /** Pictures are sent there and got from there. Empty: the API has them. */
  readonly media: readonly string[];
  /** LiveKit servers, by which the page calls: `ws` or `wss`. Empty: it does not call. */
  readonly livekit: readonly string[];
}

const headersOf = ({ media, livekit }: PageOrigins) => ({
  "content-security-policy": [
    "default-src 'self'",
    `connect-src ${["'self' ws: wss:", ...media, ...livekit.map(toHttp)].join(" ")}`,
    `img-src ${["'self'", ...media].join(" ")}`,
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/** LiveKit is asked over HTTP too: why it refuses a socket, and for its regions. */
function toHttp(origin: string): string {
  return origin.replace(/^ws/, "http");
}

/**
 * Adds the sandbox page at `/`. Only for a server that listens on loopback, as whoever can open the page can chat as
 * the sandbox's users. Every file is read once, here, and has a route of its own: there is no path to walk out of.
 */
export function registerSandboxPage(
  app: FastifyInstance,
  deps: SandboxPageDeps,
  receiver: SandboxReceiver,
  origins: PageOrigins,
): void {
  const page = new URL("./page/", import.meta.url);
  const headers = headersOf(origins);
  const serve = (path: string, type: string, text: string) =>
    app.get(path, { onRequest: onlyLocal }, async (_request, reply) =>
      reply.headers(headers).type(type).send(text),
    );
  for (const [path, file, type] of files) {
    serve(path, type, readFileSync(new URL(file, page), "utf8"));
  }
  for (const [name, text] of browserModules(page)) serve(`/page/${name}`, script, text);
  const client = new URL("../../sdk/js/src/", import.meta.url);
  for (const [name, text] of browserModules(client)) serve(`/sdk/${name}`, script, text);
  // Apache-2.0, as it comes: the whole of it in one file.
  const livekitClient = new URL(import.meta.resolve(livekitModule.specifier));
  serve(livekitModule.path, script, readFileSync(livekitClient, "utf8"));

  const readBody = bodyReader(TokenRequest);
  app.post("/sandbox/token", { onRequest: onlyLocal }, async (request) => {
    const { userId } = readBody(request.body) as Static<typeof TokenRequest>;
    const user = sandboxUsers.find((each) => each.userId === userId);
    if (!user) throw new AppError("user_not_found");
    const { roomId } = await deps.ensureRoom();
    const token = await deps.mintToken(user.userId, user.displayName);
    return { token, ...user, roomId, calls: origins.livekit.length > 0 };
  });
  registerReceiver(app, deps, receiver);
}

/** What the page shows of its receiver. The endpoint is made when a page is opened for the first time. */
function registerReceiver(app: FastifyInstance, deps: SandboxPageDeps, receiver: SandboxReceiver): void {
  let opening: Promise<string> | null = null;
  const open = async (): Promise<string> => {
    const { endpointId, secret } = await deps.openEndpoint(receiver.url);
    receiver.secret = secret;
    return endpointId;
  };
  const readBody = bodyReader(ReceiverRequest);
  app.post("/sandbox/receiver", { onRequest: onlyLocal }, async (request) => {
    const { failing } = readBody(request.body) as Static<typeof ReceiverRequest>;
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    const endpointId = await opening;
    if (failing !== undefined) receiver.failing = failing;
    return { endpointId, failing: receiver.failing };
  });
  app.get("/sandbox/receiver", { onRequest: onlyLocal }, async () => ({ items: receiver.calls }));
}

async function onlyLocal(request: FastifyRequest): Promise<void> {
  assertLocal(request);
}
