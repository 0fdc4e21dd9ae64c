import { expect, test } from "vitest";
import { parseOsRelease } from "./os-release.ts";

test("Debian and Ubuntu are known by id, quoted or not", () => {
  expect(parseOsRelease('NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n')).toEqual({
    id: "debian",
    codename: "bookworm",
  });
  expect(parseOsRelease('ID="ubuntu"\nID_LIKE=debian\nVERSION_CODENAME="noble"\n')).toEqual({
    id: "ubuntu",
    codename: "noble",
  });
});

test("any other system is none we install on", () => {
  expect(parseOsRelease("ID=fedora\nVERSION_CODENAME=\n")).toBeUndefined();
  expect(parseOsRelease("ID=debian\n")).toBeUndefined();
});
