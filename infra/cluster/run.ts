import closeWithGrace from "close-with-grace";
import { startEngines } from "#infra/engines/engines.ts";
import { startS3 } from "#infra/engines/s3.ts";
import { parseConfig } from "#shared/config/parse.ts";
import { limits } from "#shared/limits.ts";
import { Cluster, type NodeCounts } from "./cluster.ts";

export interface RunOptions {
  readonly counts: NodeCounts;
  /** With an S3 server of its own. */
  readonly s3: boolean;
}

/** Runs a cluster until this process is told to end. @throws Error when it does not become ready. */
export async function runCluster({ counts, s3: isS3Wanted }: RunOptions): Promise<void> {
  // Before anything is started for it.
  const { s3Endpoint } = parseConfig(process.env, "cluster");
  if (isS3Wanted && s3Endpoint !== null)
    throw new Error("--s3 starts a server of its own, and SENDSAR_S3_ENDPOINT names another");
  const [engines, s3] = await Promise.all([startEngines(), isS3Wanted ? startS3() : null]);
  // For its nodes as well.
  Object.assign(process.env, s3?.env);
  const config = parseConfig(process.env, "cluster");
  const cluster = new Cluster(config);
  const end = async () => {
    await cluster.stop();
    await Promise.all([engines.stop(), s3?.stop()]);
  };
  let ending = false;
  closeWithGrace({ delay: 2 * limits.drainMsMax + limits.stopMsMax, logger: false }, async () => {
    ending = true;
    await end();
  });
  try {
    const { url, tenantId, apiKey } = await cluster.start(engines, counts);
    process.stdout.write(
      `\nThe cluster is ready at ${url} (docs: ${url}/docs)\nAPI key of ${tenantId}: ${apiKey}\n\n`,
    );
  } catch (error) {
    // Told to end before it was ready: that is what it does.
    if (ending) return;
    await end();
    throw error;
  }
}
