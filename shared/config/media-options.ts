const programs = ["standalone", "cluster", "ingest"] as const;

/** Options of media and of how long anything is kept, as in `options.ts`, whose part this is. */
export const mediaOptions = {
  mediaDir: {
    name: "SENDSAR_MEDIA_DIR",
    kind: "file",
    programs,
    doc: "A folder for media, where no S3 is set. Of ingest nodes: one that all of them share. The standalone and the local cluster have one in their data folder.",
  },
  mediaOrphanSeconds: {
    name: "SENDSAR_MEDIA_ORPHAN_SECONDS",
    kind: "integer",
    default: 86_400,
    programs,
    doc: "A file that no message has named after so long is removed.",
  },
  retentionSweepSeconds: {
    name: "SENDSAR_RETENTION_SWEEP_SECONDS",
    kind: "integer",
    default: 3_600,
    programs,
    doc: "How often messages and closed rooms are looked for that are older than their tenant's `retention` keeps them.",
  },
  s3Endpoint: {
    name: "SENDSAR_S3_ENDPOINT",
    kind: "url",
    needs: "SENDSAR_S3_BUCKET",
    programs,
    doc: "An S3-compatible server, where media is kept.",
  },
  s3PublicEndpoint: {
    name: "SENDSAR_S3_PUBLIC_ENDPOINT",
    kind: "url",
    needs: "SENDSAR_S3_ENDPOINT",
    programs,
    doc: "Where clients reach it, if they do at another address than the nodes.",
  },
  s3Bucket: {
    name: "SENDSAR_S3_BUCKET",
    kind: "string",
    needs: "SENDSAR_S3_ACCESS_KEY_ID",
    programs,
    doc: "The bucket of media. It must be there; for uploads by browsers its CORS must let PUT with content-type through.",
  },
  s3Region: {
    name: "SENDSAR_S3_REGION",
    kind: "string",
    default: "us-east-1",
    programs,
    doc: "The region of the bucket.",
  },
  s3AccessKeyId: {
    name: "SENDSAR_S3_ACCESS_KEY_ID",
    kind: "secret",
    needs: "SENDSAR_S3_SECRET_ACCESS_KEY",
    programs,
    doc: "S3's key. It puts, gets, copies, lists and deletes objects, and nothing else.",
  },
  s3SecretAccessKey: {
    name: "SENDSAR_S3_SECRET_ACCESS_KEY",
    kind: "secret",
    needs: "SENDSAR_S3_ENDPOINT",
    programs,
    doc: "S3's secret.",
  },
  s3PathStyle: {
    name: "SENDSAR_S3_PATH_STYLE",
    kind: "flag",
    default: true,
    programs,
    doc: "1: https://host/bucket/…, as every server takes it. 0: https://bucket.host/….",
  },
} as const;
