import type { ContainerPlan } from "./container.ts";
import { startContainer } from "./container.ts";
import type { EngineContainer } from "./engine.ts";

/** The keys of a server of our own. */
export const s3Keys = { accessKeyId: "sendsar", secretAccessKey: "sendsar-secret" } as const;

/** An S3-compatible server, for tests that may take it down. */
export function startS3Container(): Promise<EngineContainer> {
  return startContainer(plan, {});
}

const plan: ContainerPlan = {
  name: "versitygw",
  containerPort: 7070,
  startedLine: /7070/,
  // A folder that the image has; metadata is in attributes of its files.
  command: ["--port", ":7070", "posix", "/tmp/vgw"],
  environment: () => ({
    ROOT_ACCESS_KEY: s3Keys.accessKeyId,
    ROOT_SECRET_KEY: s3Keys.secretAccessKey,
  }),
  answers: async ([address]) => {
    // It refuses whoever does not sign; that it says so is enough.
    const { status } = await fetch(`http://${address}/`);
    return status < 500;
  },
};
