import type { RoomWrite, Store } from "#shared/store/store.ts";
import type { Machine } from "../machine.ts";
import type { SimulatedTime } from "../time.ts";
import type { Weather } from "../weather.ts";
import { copyOf, type MemoryStore } from "./memory-store.ts";

const usualMs = 3;
/** A write that was under way may be done this much later: by a retry, or by a replica that was told late. */
const lateMsMax = 20_000;

/**
 * The store as one machine has it: over a network. What was asked is done at some time on the way; the answer comes
 * later, or never. What a machine had asked before it died may still be done, long after another took its place.
 */
export function remoteStore(
  store: MemoryStore,
  machine: Machine,
  { time, weather }: { time: SimulatedTime; weather: Weather },
): Store {
  /** @param work is done where the store is, which does not die with the machine. */
  function request<T>(work: () => T): Promise<Awaited<T>> {
    return new Promise((resolve, reject) => {
      if (!machine.alive) return;
      const fails = weather.strikes("store away");
      const isDone = !fails || weather.chance(0.5);
      time.after(weather.delayMs(usualMs), () => {
        if (!isDone || (!machine.alive && weather.chance(0.5))) {
          machine.after(weather.delayMs(usualMs), () => reject(weather.unavailable("store_unavailable")));
          return;
        }
        const result = work();
        machine.after(weather.delayMs(usualMs), () => {
          if (fails) reject(weather.unavailable("store_unavailable"));
          else resolve(result as Awaited<T>);
        });
      });
    });
  }

  function write(work: () => void): Promise<void> {
    return request(() => {
      work();
      if (weather.chance(0.03)) time.after(weather.below(lateMsMax), work);
    });
  }

  async function writeRoom(room: RoomWrite): Promise<void> {
    await write(() => store.writeRowsBeforeHead(room));
    if (!machine.reached("rows written")) return;
    await write(() => store.writeHead(room));
  }

  return new Proxy({} as Store, {
    get(_, name: keyof Store) {
      if (name === "writeRooms") {
        return async (writes: readonly RoomWrite[]) => {
          await Promise.all(copyOf(writes).map(writeRoom));
          // One that died here hears no answer.
          if (!machine.reached("persisted")) await new Promise(() => {});
        };
      }
      if (name === "reports") {
        const { reports } = store;
        type Name = keyof typeof reports;
        return new Proxy(reports, {
          get:
            (_reports, of: Name) =>
            (...args: never[]) =>
              request(() => (reports[of] as (...given: never[]) => Promise<unknown>).call(reports, ...args)),
        });
      }
      // What rooms do by themselves is no part of the schedules: it has no share in their weather.
      const isTimely = ["listDue", "readDueDone", "setDueDone"].includes(name);
      const call = (args: never[]) => (store[name] as (...given: never[]) => Promise<unknown>)(...args);
      return (...args: never[]) => (isTimely ? call(args) : request(() => call(args)));
    },
  });
}
