import { buildImage, builtImageName, type EngineName } from "./built-image.ts";
import { imageIsLocal } from "./local-image.ts";
import { pullImage } from "./published-image.ts";

/** The built images have the same versions: see each pom.xml, or go-program. */
const published: Readonly<Record<EngineName, string>> = {
  kafka: "apache/kafka:4.3.1",
  cassandra: "cassandra:5.0.5",
  livekit: "livekit/livekit-server:v1.13.5",
  versitygw: "versity/versitygw:v1.8.0",
};

/**
 * The image to start an engine from. What is on this machine comes first, so that a second run
 * asks nobody; then the official image; then one built here.
 */
export async function engineImage(name: EngineName): Promise<string> {
  const official = published[name];
  if (await imageIsLocal(official)) return official;
  const built = await builtImageName(name);
  if (await imageIsLocal(built)) return built;
  if (await pullImage(official)) return official;
  return await buildImage(name);
}
