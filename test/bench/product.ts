import type { CrewPlan, MemberPlan, RoomPlan } from "./generator/crew.ts";
import { eachOf } from "./generator/each-of.ts";
import { KeepAlive } from "./generator/keep-alive.ts";

/** A deployment, as its customer's server sees it. */
export interface Target {
  readonly url: string;
  readonly apiKey: string;
  /** Where sockets go, in turn. */
  readonly gateways: readonly string[];
}

const requestsAtOnce = 16;
/** Longer than any run. */
const tokenTtlSeconds = 86_400;

/** Makes the rooms, users and tokens of a crew. */
export async function makeRooms(target: Target, name: string, count: number): Promise<CrewPlan> {
  const http = new KeepAlive(target.url, target.apiKey);
  const rooms: RoomPlan[] = [];
  await eachOf(Array.from({ length: count }), requestsAtOnce, async (_, i) => {
    const roomId = `trip-${name}-${i}`;
    const members = [`rider-${name}-${i}`, `driver-${name}-${i}`];
    await http.json("PUT", `/v1/rooms/${roomId}`, null, {
      type: "direct",
      members: members.map((userId) => ({ userId })),
    });
    const [rider, driver] = await Promise.all(
      members.map((userId, m) => memberOf(http, userId, gatewayOf(target, 2 * i + m))),
    );
    if (rider !== undefined && driver !== undefined) rooms.push({ roomId, members: [rider, driver] });
  });
  http.close();
  return { run: `${name}-${Date.now().toString(36)}`, restUrl: target.url, apiKey: target.apiKey, rooms };
}

/** Users with a token and no room. */
export async function makeUsers(target: Target, name: string, count: number): Promise<MemberPlan[]> {
  const http = new KeepAlive(target.url, target.apiKey);
  const members: MemberPlan[] = [];
  await eachOf(Array.from({ length: count }), requestsAtOnce, async (_, i) => {
    members.push(await memberOf(http, `user-${name}-${i}`, gatewayOf(target, i)));
  });
  http.close();
  return members;
}

/** The same rooms at the bare echo, which knows none. */
export function echoRooms(url: string, count: number): CrewPlan {
  const member = (userId: string): MemberPlan => ({ userId, token: null, url });
  const rooms = Array.from({ length: count }, (_, i): RoomPlan => {
    return { roomId: `trip-echo-${i}`, members: [member(`rider-${i}`), member(`driver-${i}`)] };
  });
  return { run: "echo", restUrl: url, apiKey: "none", rooms };
}

async function memberOf(http: KeepAlive, userId: string, url: string): Promise<MemberPlan> {
  const asked = { userId, displayName: userId, ttlSeconds: tokenTtlSeconds };
  const { token } = (await http.json("POST", "/v1/auth/token", null, asked)) as { token: string };
  return { userId, token, url };
}

function gatewayOf({ gateways, url }: Target, i: number): string {
  return gateways[i % gateways.length] ?? url;
}
