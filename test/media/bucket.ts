import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { s3Keys } from "#infra/engines/s3.ts";
import { uniqueName } from "#test/environment/engines.ts";

/** A new bucket of a running S3 server, and the settings of a deployment that keeps its media there. */
export async function makeBucket(address: string) {
  const endpoint = `http://${address}`;
  const name = uniqueName("media").replaceAll("_", "-");
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: s3Keys,
  });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return {
    name,
    env: {
      SENDSAR_S3_ENDPOINT: endpoint,
      SENDSAR_S3_BUCKET: name,
      SENDSAR_S3_REGION: "us-east-1",
      SENDSAR_S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
      SENDSAR_S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
    },
    /** Keys of all that is in it. */
    keys: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name }));
      return Contents.map(({ Key }) => Key ?? "");
    },
    close: () => client.destroy(),
  };
}
