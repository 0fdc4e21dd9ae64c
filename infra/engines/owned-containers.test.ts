import { expect, test } from "vitest";
import { orphansIn } from "./owned-containers.ts";

const list = ["aaa here/10", "bbb here/11", "ccc elsewhere/10", "ddd my/host/10", "eee", ""].join("\n");

test("a container whose process is gone is an orphan, one whose process lives is not", () => {
  expect(orphansIn(list, "here", (pid) => pid === 11)).toEqual(["aaa"]);
});

test("containers of another host are never touched", () => {
  expect(orphansIn(list, "nowhere", () => false)).toEqual([]);
});
