import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type OsRelease, readOsRelease } from "#infra/engines/os-release.ts";

export type AptSource = {
  uri: string;
  suite: string;
  components: readonly string[];
};

export type Bootstrap = {
  mirror: string;
  suite: string;
  components: string;
};

/** What the base image is bootstrapped from: the mirror this machine's own apt uses. */
export async function readBootstrap(): Promise<Bootstrap> {
  const release = await readOsRelease();
  if (release === undefined) {
    throw new Error(
      "Images can be built on Debian and Ubuntu only: let this machine reach an image registry.",
    );
  }
  return chooseBootstrap(await readAptSources("/etc/apt"), release);
}

export async function readAptSources(folder: string): Promise<AptSource[]> {
  const found: AptSource[] = [];
  for (const path of [join(folder, "sources.list"), ...(await listParts(join(folder, "sources.list.d")))]) {
    const text = await readFile(path, "utf8").catch(() => "");
    found.push(...(path.endsWith(".sources") ? parseDeb822(text) : parseOneLine(text)));
  }
  return found;
}

async function listParts(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** `deb [options] uri suite component…`, a line each. */
export function parseOneLine(text: string): AptSource[] {
  const found: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, uri, suite, components] = match ?? [];
    if (uri === undefined || suite === undefined) continue;
    found.push({ uri, suite, components: words(components ?? "") });
  }
  return found;
}

/** Stanzas of `Types`, `URIs`, `Suites`, `Components`, apart by empty lines. */
export function parseDeb822(text: string): AptSource[] {
  const found: AptSource[] = [];
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  for (const stanza of lines.join("\n").split(/\n\s*\n/)) {
    // A line that starts with a blank continues the field above it.
    const fields = new Map<string, string>();
    for (const line of stanza.replace(/\n[ \t]+/g, " ").split("\n")) {
      const [, name, value] = /^([A-Za-z-]+):(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value);
    }
    const read = (name: string) => words(fields.get(name) ?? "");
    if (read("enabled")[0] === "no" || !read("types").includes("deb")) continue;
    for (const uri of read("uris")) {
      for (const suite of read("suites")) found.push({ uri, suite, components: read("components") });
    }
  }
  return found;
}

export function chooseBootstrap(sources: readonly AptSource[], release: OsRelease): Bootstrap {
  const source = sources.find(
    ({ uri, suite, components }) =>
      // debootstrap fetches with wget: no mirror lists, no cdrom.
      /^(https?|file):/.test(uri) && suite === release.codename && components.includes("main"),
  );
  if (source === undefined) {
    throw new Error(
      `No http source for ${release.codename} main in /etc/apt/sources.list or sources.list.d: ` +
        "the base image is built from it. Add one, or let this machine reach an image registry.",
    );
  }
  const mirror = source.uri.replace(/\/+$/, "");
  // Java 17, which Cassandra wants, is in bookworm whatever Debian this is; Ubuntu keeps it in universe.
  return release.id === "debian"
    ? { mirror, suite: "bookworm", components: "main" }
    : { mirror, suite: release.codename, components: "main,universe" };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
