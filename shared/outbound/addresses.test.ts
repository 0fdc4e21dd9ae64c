import { expect, test } from "vitest";
import { AddressPolicy } from "./addresses.ts";

const strict = new AddressPolicy([]);

test.each([
  ["this network", "0.0.0.0"],
  ["private", "10.1.2.3"],
  ["private", "172.16.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["CGNAT", "100.64.0.1"],
  ["CGNAT", "100.127.255.255"],
  ["loopback", "127.0.0.1"],
  ["loopback", "127.255.255.254"],
  ["link-local", "169.254.1.1"],
  ["metadata of clouds", "169.254.169.254"],
  ["metadata of one more cloud", "100.100.100.200"],
  ["protocol assignments", "192.0.0.170"],
  ["documentation", "203.0.113.7"],
  ["benchmarking", "198.19.0.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["unspecified", "::"],
  ["loopback", "::1"],
  ["loopback, written out", "0:0:0:0:0:0:0:1"],
  ["mapped loopback", "::ffff:127.0.0.1"],
  ["mapped loopback in hex", "::ffff:7f00:1"],
  ["mapped private", "::FFFF:10.0.0.1"],
  ["mapped, written out", "0:0:0:0:0:ffff:a9fe:a9fe"],
  ["compatible loopback", "::127.0.0.1"],
  ["translated", "::ffff:0:127.0.0.1"],
  ["NAT64 of loopback", "64:ff9b::7f00:1"],
  ["NAT64 of a network's own", "64:ff9b:1::a00:1"],
  ["6to4 of private", "2002:0a00:0001::1"],
  ["Teredo", "2001:0:53aa:64c::1"],
  ["documentation", "2001:db8::1"],
  ["documentation", "3fff::1"],
  ["unique local", "fd00::1"],
  ["metadata over IPv6", "fd00:ec2::254"],
  ["link-local", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["site-local", "fec0::1"],
  ["multicast", "ff02::1"],
  ["discard", "100::1"],
  ["no address", "0x7f000001"],
  ["no address", "2130706433"],
  ["no address", "0177.0.0.1"],
  ["no address", "localhost"],
  ["no address", ""],
])("%s is refused: %s", (_what, address) => {
  expect(strict.reach(address)).toBe("refused");
});

test.each([
  "1.1.1.1",
  "93.184.216.34",
  "100.128.0.1",
  "172.32.0.1",
  "2606:4700:4700::1111",
  "::ffff:1.1.1.1",
])("%s is public", (address) => {
  expect(strict.reach(address)).toBe("public");
});

test("what the operator has named is listed in every spelling, and nothing beside it", () => {
  const policy = new AddressPolicy(["127.0.0.0/8", "fd12::/16", "1.1.1.0/24"]);
  for (const address of ["127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "fd12::9", "1.1.1.1"]) {
    expect([address, policy.reach(address)]).toEqual([address, "listed"]);
  }
  for (const address of ["10.0.0.1", "::1", "fd13::1", "169.254.169.254", "64:ff9b::7f00:1"]) {
    expect([address, policy.reach(address)]).toEqual([address, "refused"]);
  }
  expect(policy.reach("8.8.8.8")).toBe("public");
});
