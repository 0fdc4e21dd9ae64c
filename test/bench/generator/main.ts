import { serveParent } from "../child.ts";
import type { Schedule } from "../schedule.ts";
import { Audience, type AudiencePlan } from "./audience.ts";
import { Crew, type CrewPlan, type MemberPlan, type WindowPlan } from "./crew.ts";
import { type DeedName, Deeds } from "./deeds.ts";
import { type IdlePlan, Idlers } from "./idlers.ts";
import { Noise, type NoisePlan } from "./noise.ts";
import { readHistory } from "./readers.ts";
import { Returners, type ReturnersPlan } from "./returners.ts";
import { readRoomLists } from "./room-lists.ts";

/** The load generator: a process of its own, so that what it does costs the product as little as a real client. */

const crews = new Map<string, Crew>();
const idlers = new Idlers();
const audience = new Audience();
const deeds = new Deeds();
const noise = new Noise();
const returners = new Returners();

function crewOf(name: string): Crew {
  const crew = crews.get(name);
  if (crew === undefined) throw new Error(`no crew is called ${name}`);
  return crew;
}

const methods = {
  connect: async ({ crew, plan }: { crew: string; plan: CrewPlan }) => {
    const connected = await Crew.connect(plan);
    crews.set(crew, connected);
    return { handshake: connected.handshake.toData() };
  },
  run: ({ crew, plan }: { crew: string; plan: WindowPlan }) => crewOf(crew).run(plan),
  compare: ({ crew, share }: { crew: string; share: number }) => crewOf(crew).compare(share),
  disconnect: async ({ crew }: { crew: string }) => {
    crewOf(crew).close();
    crews.delete(crew);
  },
  readHistory,
  readRoomLists,
  connectDeeds: (plan: Parameters<Deeds["connect"]>[0]) => deeds.connect(plan),
  performDeeds: (plan: { name: DeedName; times: number }) => deeds.perform(plan),
  closeDeeds: (_: null) => deeds.close(_),
  openIdle: (plan: IdlePlan) => idlers.open(plan),
  closeIdle: (_: null) => idlers.close(),
  joinAudience: ({ members }: { members: readonly MemberPlan[] }) => audience.join(members),
  runAudience: (plan: AudiencePlan) => audience.run(plan),
  connectNoise: (plan: NoisePlan) => noise.connect(plan),
  beginNoise: async (_: null) => noise.begin(),
  endNoise: (_: null) => noise.end(),
  connectReturners: (plan: ReturnersPlan) => returners.connect(plan),
  talkReturners: ({ schedule }: { schedule: Schedule }) => returners.talk(schedule),
  readReturners: async (_: null) => returners.report(),
  settleReturners: ({ withinMs }: { withinMs: number }) => returners.settle(withinMs),
};

export type GeneratorMethods = typeof methods;

serveParent(methods);
