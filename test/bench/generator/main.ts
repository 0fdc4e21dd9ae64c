import { serveParent } from "../child.ts";
import { Crew, type CrewPlan, type WindowPlan } from "./crew.ts";
import { type IdlePlan, Idlers } from "./idlers.ts";
import { readHistory } from "./readers.ts";

/** The load generator: a process of its own, so that what it does costs the product as little as a real client. */

const crews = new Map<string, Crew>();
const idlers = new Idlers();

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
  openIdle: (plan: IdlePlan) => idlers.open(plan),
  closeIdle: (_: null) => idlers.close(),
};

export type GeneratorMethods = typeof methods;

serveParent(methods);
