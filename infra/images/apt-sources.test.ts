import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseBootstrap, parseDeb822, parseOneLine, readAptSources } from "./apt-sources.ts";

const bookworm = { id: "debian", codename: "bookworm" } as const;

test("one-line sources are read past options, comments and source packages", () => {
  const text = `# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main contrib # ours
deb-src http://mirror.example/debian bookworm main
`;
  expect(parseOneLine(text)).toEqual([
    { uri: "http://mirror.example/debian", suite: "bookworm", components: ["main", "contrib"] },
  ]);
});

test("deb822 stanzas give an entry for every address and suite, and none when disabled", () => {
  const text = `Types: deb
# a comment between the fields
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://src.example/debian
Suites: bookworm
Components: main
`;
  expect(parseDeb822(text)).toEqual([
    { uri: "http://mirror.example/debian", suite: "bookworm", components: ["main"] },
    { uri: "http://mirror.example/debian", suite: "bookworm-updates", components: ["main"] },
  ]);
});

test("the mirror is the one of the release itself, not of its updates or of a third party", () => {
  const sources = [
    { uri: "https://tools.example/apt", suite: "stable", components: ["main"] },
    { uri: "http://mirror.example/debian-security", suite: "bookworm-security", components: ["main"] },
    { uri: "mirror+file:/etc/apt/mirrors.list", suite: "bookworm", components: ["main"] },
    { uri: "http://mirror.example/debian/", suite: "bookworm", components: ["main"] },
  ];
  expect(chooseBootstrap(sources, bookworm)).toEqual({
    mirror: "http://mirror.example/debian",
    suite: "bookworm",
    components: "main",
  });
});

test("a newer Debian still bootstraps the one with Java 17, Ubuntu its own release with universe", () => {
  const trixie = [{ uri: "http://mirror.example/debian", suite: "trixie", components: ["main"] }];
  expect(chooseBootstrap(trixie, { id: "debian", codename: "trixie" }).suite).toBe("bookworm");
  const noble = [{ uri: "http://mirror.example/ubuntu", suite: "noble", components: ["main", "universe"] }];
  expect(chooseBootstrap(noble, { id: "ubuntu", codename: "noble" })).toEqual({
    mirror: "http://mirror.example/ubuntu",
    suite: "noble",
    components: "main,universe",
  });
});

test("without a usable source the error says where one is looked for", () => {
  expect(() => chooseBootstrap([], bookworm)).toThrow(/No http source for bookworm main in \/etc\/apt/);
});

test("both formats are read from the places apt reads", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sendsar-apt-"));
  try {
    await mkdir(join(folder, "sources.list.d"));
    await writeFile(join(folder, "sources.list"), "deb http://one.example/debian bookworm main\n");
    await writeFile(
      join(folder, "sources.list.d", "two.sources"),
      "Types: deb\nURIs: http://two.example/debian\nSuites: bookworm\nComponents: main\n",
    );
    await writeFile(join(folder, "sources.list.d", "three.save"), "deb http://three.example/debian x main\n");
    const uris = (await readAptSources(folder)).map(({ uri }) => uri);
    expect(uris).toEqual(["http://one.example/debian", "http://two.example/debian"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
