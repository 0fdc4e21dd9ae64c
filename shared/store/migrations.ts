import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
}

/** The versioned files of a directory (`0001-rooms.sql`), in order. One that was released never changes. */
export function readMigrations(directory: URL): Migration[] {
  const names = readdirSync(directory).sort();
  return names.map((name, index) => {
    const version = Number(/^(\d{4})-[a-z-]+\.[a-z]+$/.exec(name)?.[1]);
    assert.equal(version, index + 1, `migrations must be numbered without holes: ${name}`);
    return { version, name, text: readFileSync(new URL(name, directory), "utf8") };
  });
}
