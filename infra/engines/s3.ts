import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { ContainerPlan } from "./container.ts";
import { startContainer } from "./container.ts";
import type { EngineContainer } from "./engine.ts";

/** The keys of a server of our own. */
const s3Keys = { accessKeyId: "sendsar", secretAccessKey: "sendsar-secret" } as const;

const region = "us-east-1";

/** A server of our own, and the settings of a deployment that keeps its media there. */
export interface S3 {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A server with one bucket. What is in it goes with it. */
export async function startS3(): Promise<S3> {
  const container = await startS3Container();
  const bucket = "sendsar-media";
  const client = s3Client(container);
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    client.destroy();
  }
  return { env: s3Settings(container, bucket), stop: () => container.stop() };
}

export function s3Client(server: Pick<EngineContainer, "addresses">): S3Client {
  return new S3Client({
    endpoint: endpointOf(server),
    region,
    forcePathStyle: true,
    credentials: s3Keys,
  });
}

export function s3Settings(server: Pick<EngineContainer, "addresses">, bucket: string) {
  return {
    SENDSAR_S3_ENDPOINT: endpointOf(server),
    SENDSAR_S3_BUCKET: bucket,
    SENDSAR_S3_REGION: region,
    SENDSAR_S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
    SENDSAR_S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
  };
}

function endpointOf({ addresses: [address] }: Pick<EngineContainer, "addresses">): string {
  return `http://${address}`;
}

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
