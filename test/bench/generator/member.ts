import { WebSocket } from "ws";

/** What the server says, as far as it is looked at. */
export interface ServerFrame {
  readonly type: string;
  readonly ref?: number;
  readonly messageId?: string;
  readonly error?: { readonly code: string; readonly retryAfterMs?: number };
  readonly rooms?: readonly { readonly roomId: string; readonly seq: number }[];
  readonly roomId?: string;
  readonly seq?: number;
  /** Of `room.gap`. */
  readonly toSeq?: number;
}

const socketOptions = { perMessageDeflate: false, skipUTF8Validation: true, handshakeTimeout: 20_000 };

/**
 * Opens a socket and connects its user. Resolves with the answer, and the time from the first packet on.
 *
 * @param token null: the other end is the bare echo, which asks for nothing.
 */
export function connectMember(
  url: string,
  token: string | null,
  onFrame: (frame: ServerFrame, nowMs: number) => void,
  onClose: (code: number) => void,
): Promise<{ socket: WebSocket; connected: ServerFrame | null; tookMs: number }> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/connect`, socketOptions);
    let open = false;
    const finish = (connected: ServerFrame | null): void => {
      open = true;
      resolve({ socket, connected, tookMs: performance.now() - startMs });
    };
    socket.on("open", () => {
      if (token === null) finish(null);
      else socket.send(`{"type":"connect","token":"${token}"}`);
    });
    socket.on("message", (data: Buffer) => {
      const nowMs = performance.now();
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (open) onFrame(frame, nowMs);
      else if (frame.type === "connected") finish(frame);
      else reject(new Error(`connect was answered: ${data.toString()}`));
    });
    socket.on("error", reject);
    socket.on("close", (code) => {
      if (open) onClose(code);
      else reject(new Error(`closed with ${code} before it was connected`));
    });
  });
}
