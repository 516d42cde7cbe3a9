/**
 * IP addresses and networks, as far as the contract speaks of them.
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

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Reads `192.168.125.1`; undefined unless it is an IPv4 address. */
export function parseIpv4(text: string): number | undefined {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (!octets || octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** `192.168.125.1` */
export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Reads `192.168.125.0/24`; undefined unless it is a network's own address with a prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", digits] = /^([^/]*)\/(\d{1,2})$/.exec(text) ?? [];
  const base = parseIpv4(address);
  const prefix = Number(digits);
  if (base === undefined || prefix > 32 || base % sizeOf(prefix) !== 0) return undefined;
  return { base, prefix };
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

/** Multicast, loopback, link-local and "this network". */
const UNUSABLE: readonly Cidr[] = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"]
  .map((text) => parseCidr(text) as Cidr);

/** Whether machines can have addresses there: none of them is useless, and there is room. */
export function isUsableCidr(cidr: Cidr): boolean {
  return cidr.prefix >= 8 && cidr.prefix <= 29 && !UNUSABLE.some((it) => overlap(cidr, it));
}

/** Whether an IP address can be told to others: not link-local, loopback or unspecified. */
export function isUsable(address: string): boolean {
  const base = parseIpv4(address);
  if (base === undefined) return /^[23]|^f[cd]/i.test(address);
  return !UNUSABLE.some((it) => overlap({ base, prefix: 32 }, it));
}
