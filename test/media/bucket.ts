import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { EngineContainer } from "#infra/engines/engine.ts";
import { s3Client, s3Settings } from "#infra/engines/s3.ts";
import { uniqueName } from "#test/environment/engines.ts";

/** A new bucket of a running S3 server, and the settings of a deployment that keeps its media there. */
export async function makeBucket(server: EngineContainer) {
  const name = uniqueName("media").replaceAll("_", "-");
  const client = s3Client(server);
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return {
    name,
    env: s3Settings(server, name),
    /** Keys of all that is in it. */
    keys: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name }));
      return Contents.map(({ Key }) => Key ?? "");
    },
    close: () => client.destroy(),
  };
}
