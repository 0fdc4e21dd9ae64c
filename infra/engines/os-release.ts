import { readFile } from "node:fs/promises";

export type OsRelease = {
  id: "debian" | "ubuntu";
  codename: string;
};

/** Reads /etc/os-release; undefined on any system whose packages we do not know how to install. */
export async function readOsRelease(): Promise<OsRelease | undefined> {
  try {
    return parseOsRelease(await readFile("/etc/os-release", "utf8"));
  } catch {
    return undefined;
  }
}

export function parseOsRelease(text: string): OsRelease | undefined {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value.replace(/^(["'])(.*)\1$/, "$2"));
  }
  const id = values.get("ID");
  const codename = values.get("VERSION_CODENAME");
  if (codename === undefined || (id !== "debian" && id !== "ubuntu")) return undefined;
  return { id, codename };
}
