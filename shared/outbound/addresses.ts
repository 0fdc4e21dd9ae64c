import { BlockList, isIP } from "node:net";

/** Where an address is: open to everybody, in a range that the operator named, or nowhere that we dial. */
type Reach = "public" | "listed" | "refused";

/**
 * Which addresses may be dialled for a customer. Everything that is not plainly a public unicast address is refused,
 * unless the operator has named its range: private, shared (CGNAT) and link-local networks, loopback, metadata services,
 * multicast, documentation, and every form that carries an IPv4 address inside (NAT64, 6to4, Teredo), as the network
 * may unpack it to one that is refused.
 */
export class AddressPolicy {
  readonly #listed: BlockList;
  readonly listsSome: boolean;

  /** @param allow CIDRs, as `SENDSAR_WEBHOOK_ALLOW` has them. */
  constructor(allow: readonly string[]) {
    this.#listed = blockListOf(allow);
    this.listsSome = allow.length > 0;
  }

  /** @param address as DNS, a socket or a URL says it, without brackets. */
  reach(address: string): Reach {
    const plain = plainAddress(address);
    if (plain === null) return "refused";
    const family = isIP(plain) === 4 ? "ipv4" : "ipv6";
    if (this.#listed.check(plain, family)) return "listed";
    if (family === "ipv4") return refusedIpv4.check(plain, family) ? "refused" : "public";
    return globalIpv6.check(plain, family) && !refusedIpv6.check(plain, family) ? "public" : "refused";
  }
}

/** IANA's special-purpose registry, and what is not unicast. */
const refusedIpv4 = blockListOf([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]);

/** All that is handed out as global unicast: loopback, mapped, unique local, link-local and NAT64 are outside of it. */
const globalIpv6 = blockListOf(["2000::/3"]);
/** Within it: protocol assignments with Teredo, documentation, and 6to4. */
const refusedIpv6 = blockListOf([
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
]);

function blockListOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", bits = ""] = cidr.split("/");
    list.addSubnet(network, Number(bits), isIP(network) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

/** One spelling for each address, IPv4 where it is one that IPv6 carries (`::ffff:7f00:1`); null where it is none. */
function plainAddress(address: string): string | null {
  const family = isIP(address);
  if (family === 4) return address;
  if (family !== 6) return null;
  // A zone (`fe80::1%eth0`) is of one link, and no URL can spell it.
  const spelled = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (spelled === undefined) return null;
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(spelled);
  if (mapped === null) return spelled;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
