import { expect, test } from "vitest";
import { isNewEnough } from "./go-program.ts";

test("a Go that is as new as the programs ask for is taken, and no older one", () => {
  for (const version of ["go1.26.0", "go1.26rc1", "go1.30.2", "go2.0", "devel go1.27-abc"])
    expect([version, isNewEnough(version)]).toEqual([version, true]);
  for (const version of ["go1.19.8", "go1.25.9", "go1.9", "", "gccgo"])
    expect([version, isNewEnough(version)]).toEqual([version, false]);
});
