import { crc32, deflateSync } from "node:zlib";
import type { Message } from "#shared/protocol/resources.ts";
import type { Caller } from "./caller.ts";
import type { Tenant } from "./tenant.ts";

export interface Grant {
  readonly mediaId: string;
  readonly url: string;
  readonly upload: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly expiresAt: string;
  };
}

/** A picture of this size, all black. */
export function png(width: number, height: number, rows = height): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(rows * (width + 1)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const said = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(said));
  return Buffer.concat([length, said, sum]);
}

export async function grantOf(
  caller: Caller,
  bytes: Uint8Array,
  { fileName = "door.png", contentType = "image/png" }: { fileName?: string; contentType?: string } = {},
): Promise<Grant> {
  const { status, body, text } = await caller.post<Grant>("/v1/media", {
    fileName,
    contentType,
    size: bytes.length,
  });
  if (status !== 201) throw new Error(`no grant: ${text}`);
  return body;
}

export function send({ upload }: Grant, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes });
}

/** Grants and sends a file; nobody has looked at it yet. */
export async function uploaded(
  caller: Caller,
  bytes: Uint8Array<ArrayBuffer>,
  options?: { fileName?: string; contentType?: string },
): Promise<Grant> {
  const grant = await grantOf(caller, bytes, options);
  const { status } = await send(grant, bytes);
  if (status >= 300) throw new Error(`not uploaded: ${status}`);
  return grant;
}

/** A message with a picture. */
export async function sendPicture(
  tenant: Tenant,
  userId: string,
  roomId: string,
  options?: { fileName?: string },
): Promise<string> {
  const { mediaId } = await uploaded(await tenant.client(userId), png(2, 3), options);
  const attachments = [{ type: "image", mediaId }];
  const sent = await tenant.as(userId).post<Message>(`/v1/rooms/${roomId}/messages`, { attachments });
  if (sent.status !== 201) throw new Error(`not sent: ${sent.text}`);
  return mediaId;
}
