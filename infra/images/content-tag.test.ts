import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentTag, readBuildFiles } from "./content-tag.ts";

test("the same files give the same tag, in whatever order they are read", () => {
  const one = new Map([
    ["Dockerfile", "FROM x"],
    ["pom.xml", "<project/>"],
  ]);
  expect(contentTag(new Map([...one].reverse()))).toBe(contentTag(one));
  expect(contentTag(one)).toMatch(/^[0-9a-f]{12}$/);
});

test("another content, another name and another split between files each give another tag", () => {
  const tags = [
    contentTag(new Map([["a", "bc"]])),
    contentTag(new Map([["a", "bd"]])),
    contentTag(new Map([["ab", "c"]])),
    contentTag(
      new Map([
        ["a", "b"],
        ["c", ""],
      ]),
    ),
  ];
  expect(new Set(tags).size).toBe(tags.length);
});

test("every file of the folder counts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sendsar-tag-"));
  try {
    await writeFile(join(folder, "Dockerfile"), "FROM x");
    const before = contentTag(await readBuildFiles(folder));
    await writeFile(join(folder, "entrypoint.sh"), "exec java");
    expect(contentTag(await readBuildFiles(folder))).not.toBe(before);
  } finally {
    await rm(folder, { recursive: true });
  }
});
