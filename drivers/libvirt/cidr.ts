/**
 * IPv4 networks in CIDR notation, and free ones among them.
 *
 * @module
 */

/** An IPv4 network. */
export interface Cidr {
  /** The network's own address as a number. */
  readonly base: number;
  /** How many leading bits are the network's. */
  readonly prefix: number;
}

const SHAPE = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;

/** Reads `192.168.125.0/24`; undefined unless it is a network's own address with a prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const base = parseIpv4(text.split("/")[0]);
  const digits = SHAPE.exec(text)?.[5];
  const prefix = Number(digits);
  if (base === undefined || digits === undefined || prefix > 32) return undefined;
  return base % sizeOf(prefix) === 0 ? { base, prefix } : undefined;
}

/** Reads `192.168.125.1`. */
export function parseIpv4(text: string): number | undefined {
  const [, ...groups] = SHAPE.exec(text) ?? [];
  const octets = groups.slice(0, 4).map(Number);
  if (octets.length < 4 || groups[4] !== undefined || octets.some((it) => it > 255)) {
    return undefined;
  }
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** The network that an address of it, such as the gateway's, is in. */
export function networkOf(address: number, prefix: number): Cidr {
  return { base: address - address % sizeOf(prefix), prefix };
}

/** How many leading bits a netmask such as `255.255.255.0` sets. */
export function prefixOf(netmask: string): number {
  return 32 - Math.log2(2 ** 32 - (parseIpv4(netmask) ?? 0));
}

/** `192.168.125.1` */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `192.168.125.0/24` */
export function formatCidr({ base, prefix }: Cidr): string {
  return `${formatIpv4(base)}/${prefix}`;
}

/** How many addresses a prefix leaves. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix);
}

/** Whether two networks share an address. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.base < b.base + sizeOf(b.prefix) && b.base < a.base + sizeOf(a.prefix);
}

/** Whether machines can have addresses there: not multicast, loopback, link-local or "this network". */
export function isUsable(cidr: Cidr): boolean {
  const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];
  return cidr.prefix >= 8 && cidr.prefix <= 29 &&
    !unusable.some((it) => overlap(cidr, parseCidr(it) as Cidr));
}

/** Whether an address can be told to others: not link-local, loopback or unspecified. */
export function isReachable(address: string): boolean {
  const number = parseIpv4(address);
  if (number === undefined) return /^[23]|^f[cd]/i.test(address);
  return isUsable({ base: networkOf(number, 29).base, prefix: 29 });
}

/**
 * A /24 of a range that overlaps none of the taken ones; undefined if all are taken. The search begins
 * at a place that depends on the name, so that two who search at once rarely find the same.
 */
export function pickFree(range: Cidr, taken: readonly Cidr[], name: string): Cidr | undefined {
  const count = sizeOf(range.prefix) / sizeOf(24);
  const start = hash(name) % count;
  for (let i = 0; i < count; i++) {
    const cidr = { base: range.base + (start + i) % count * sizeOf(24), prefix: 24 };
    if (!taken.some((it) => overlap(it, cidr))) return cidr;
  }
  return undefined;
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
