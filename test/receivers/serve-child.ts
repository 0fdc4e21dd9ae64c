import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

/** What a framework does: gives each request to the `POST` of a file, and writes what it answers. */
const [file = ""] = process.argv.slice(2);
const { POST } = (await import(pathToFileURL(file).href)) as { POST(request: Request): Promise<Response> };

createServer(async (request, response) => {
  const body = await new Response(Readable.toWeb(request) as ReadableStream).arrayBuffer();
  const headers = new Headers(request.headers as Record<string, string>);
  const answer = await POST(new Request("http://receiver/", { method: "POST", headers, body }));
  response.writeHead(answer.status).end();
}).listen(process.env.PORT);
