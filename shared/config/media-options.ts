const programs = ["standalone", "cluster", "ingest"] as const;

/** Options of media, as in `options.ts`, whose part this is. */
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
} as const;
