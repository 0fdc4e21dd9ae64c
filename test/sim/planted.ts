import type { EventLog } from "#shared/log/log.ts";
import { RoomFeed } from "../../services/gateway/rooms/feed.ts";
import { EventFrame } from "../../services/gateway/session/frame.ts";
import { type Parts, soundParts } from "./parts.ts";

/** Bugs that the simulation must find, each put in where the product gets what it works with. */

/** A batch counts as done when its emission has been asked for, and not when it is there: the offset may be ahead of it. */
export const commitBeforeEmit: Parts = {
  ...soundParts,
  fanoutLog: (log, machine): EventLog => ({
    ...log,
    append: async (records) => {
      machine.after(20, () => void log.append(records).catch(() => undefined));
      return records.map(({ partition }) => ({ partition, offset: -1 }));
    },
  }),
};

/** What became of a batch is told before it is in the store. */
export const emitBeforePersist: Parts = {
  ...soundParts,
  fanoutStore: (store, machine) =>
    new Proxy(store, {
      get(target, name, receiver) {
        if (name !== "writeRooms") return Reflect.get(target, name, receiver);
        return async (writes: Parameters<typeof store.writeRooms>[0]) => {
          machine.after(20, () => void target.writeRooms(writes).catch(() => undefined));
        };
      },
    }),
};

/** The last write wins, whoever makes it: a stale owner overwrites what the new one has written. */
export const noFencing: Parts = { ...soundParts, wins: () => true };

/**
 * A gateway whose feeds pass on whatever comes, as it comes: no hole is noticed, and none is healed.
 *
 * @returns what puts the real feed back.
 */
export function plantNoHealing(): () => void {
  const { receive, acknowledged } = RoomFeed.prototype;
  RoomFeed.prototype.acknowledged = () => undefined;
  RoomFeed.prototype.receive = function (this: RoomFeed, event, countable) {
    const frame = new EventFrame(event, countable);
    for (const session of this.sessions) session.deliver(this.roomId, frame);
  };
  return () => Object.assign(RoomFeed.prototype, { receive, acknowledged });
}
