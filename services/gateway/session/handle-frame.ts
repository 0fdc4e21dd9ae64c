import { AppError } from "#shared/errors/app-error.ts";
import type { Admission } from "#shared/http/admission.ts";
import type { ClientFrame, ConnectFrame } from "#shared/protocol/frames.ts";
import type { Intent, IntentSink } from "#shared/protocol/intents.ts";
import type { Store } from "#shared/store/store.ts";
import { Watching, type WatchingDeps } from "../presence/watching.ts";
import { readHistory } from "../reads/history.ts";
import type { Typing } from "../typing/typing.ts";
import type { Identity, Session } from "./session.ts";

export interface FrameDeps extends WatchingDeps {
  readonly store: Store;
  readonly sink: IntentSink;
  readonly typing: Typing;
  readonly admission: Pick<Admission, "admitSignal">;
  readonly identify: (token: string) => Promise<Identity>;
}

/**
 * Does what a connected client asks.
 *
 * @returns the fields of the answer; null where none is needed, unless the frame has a `ref`.
 * @throws AppError
 */
export async function handleFrame(
  deps: FrameDeps,
  session: Session,
  frame: Exclude<ClientFrame, ConnectFrame>,
): Promise<object | null> {
  switch (frame.type) {
    case "ping":
      return { type: "pong" };
    case "message.send":
    case "message.update":
    case "message.delete":
    case "message.pin":
    case "message.unpin":
    case "reaction.add":
    case "reaction.remove":
    case "room.read":
    case "room.delivered":
    case "room.unread":
    case "room.mute":
    case "privacy.set":
    case "user.block":
    case "user.unblock": {
      const { ref: _ref, ...asked } = frame;
      const { tenantId, userId } = session;
      if (frame.type === "message.send") deps.typing.sends(session, frame.roomId);
      const vouched = "roomId" in frame && (session.rooms.get(frame.roomId)?.maySend ?? false);
      return submit(deps.sink, { tenantId, userId, frame: asked, vouched });
    }
    case "typing.start":
    case "typing.stop":
      await deps.typing.say(session, frame.roomId, frame.type === "typing.start");
      return null;
    case "presence.watch":
      // A list costs its reader nothing and us a look at the rooms of each user in it.
      await deps.admission.admitSignal(session.tenantId, session.userId);
      session.watching ??= new Watching(deps, session);
      return { presence: await session.watching.replace(frame.userIds) };
    case "history": {
      const { roomId, ref: _ref, type: _type, ...page } = frame;
      return readHistory(deps.store, session, roomId, page);
    }
    case "token.refresh": {
      const identity = await deps.identify(frame.token);
      if (identity.tenantId !== session.tenantId || identity.userId !== session.userId) {
        throw new AppError("forbidden", "The token is another user's.");
      }
      session.refresh(identity);
      return {};
    }
  }
}

async function submit(sink: IntentSink, intent: Intent): Promise<object> {
  const [result] = await sink.submit([intent]);
  if (result === undefined) throw new AppError("internal");
  if (!result.ok) {
    const { code, message, details, retryAfterMs } = result;
    throw new AppError(code, message, {
      ...(details === undefined ? {} : { details }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return result.messageId === undefined ? {} : { messageId: result.messageId };
}
