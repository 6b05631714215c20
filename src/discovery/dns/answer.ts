/**
 * Reading a DNS response. Pure. RFC 1035 (messages), 2308 (negative answers), 2782 (SRV).
 */
import type { Answer, DecodedPacket } from "dns-packet";

export type AddressType = "A" | "AAAA";

export interface SrvTarget {
  readonly target: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** TTLs are seconds. */
export type DnsAnswer<Value> =
  | { readonly kind: "records"; readonly values: readonly Value[]; readonly ttl: number }
  /** The server knows the name as an alias, but not what is behind it: ask for `target`. */
  | { readonly kind: "alias"; readonly target: string; readonly ttl: number }
  /** The name doesn't exist, or has no record of the type. */
  | { readonly kind: "none"; readonly ttl: number }
  | { readonly kind: "failed"; readonly code: "LB5004" | "LB5005" | "LB5006"; readonly why: string };

/** For how long "it doesn't exist" holds when the server doesn't say. */
const NEGATIVE_TTL = 5;

const RCODE_NAMES: Readonly<Record<number, string>> = {
  1: "FORMERR",
  2: "SERVFAIL",
  4: "NOTIMP",
  5: "REFUSED",
  9: "NOTAUTH",
};
const NXDOMAIN = 3;

export function readAddresses(packet: DecodedPacket, name: string, type: AddressType): DnsAnswer<string> {
  return readAnswer(packet, name, (record) => (record.type === type ? record.data : undefined));
}

export function readSrv(packet: DecodedPacket, name: string): DnsAnswer<SrvTarget> {
  return readAnswer(packet, name, (record) => {
    if (record.type !== "SRV") return undefined;
    const { target, port, priority = 0, weight = 0 } = record.data;
    return { target, port, priority, weight };
  });
}

/** SERVFAIL and the like: another server may do better. */
export function rcodeFailure(packet: DecodedPacket): string | undefined {
  const rcode = rcodeOf(packet);
  return rcode === 0 || rcode === NXDOMAIN ? undefined : (RCODE_NAMES[rcode] ?? `RCODE ${rcode}`);
}

export function sameName(a: string, b: string): boolean {
  return normalName(a) === normalName(b);
}

function readAnswer<Value>(
  packet: DecodedPacket,
  name: string,
  pick: (record: Answer) => Value | undefined,
): DnsAnswer<Value> {
  const failure = rcodeFailure(packet);
  if (failure !== undefined) return { kind: "failed", code: "LB5005", why: failure };
  const chain = followAliases(packet.answers ?? [], name);
  if (chain === undefined) return { kind: "failed", code: "LB5006", why: `the aliases of ${name} form a loop` };
  const values: Value[] = [];
  let ttl = chain.ttl;
  for (const record of packet.answers ?? []) {
    const value = pick(record);
    if (value === undefined || !sameName(record.name, chain.owner)) continue;
    values.push(value);
    ttl = Math.min(ttl, ttlOf(record));
  }
  if (values.length > 0) return { kind: "records", values, ttl };
  if (rcodeOf(packet) === 0 && chain.ttl !== Number.POSITIVE_INFINITY && !hasSoa(packet)) {
    return { kind: "alias", target: chain.owner, ttl: chain.ttl };
  }
  return { kind: "none", ttl: Math.min(chain.ttl, negativeTtl(packet)) };
}

/** The name at the end of the CNAME chain, and the smallest TTL on the way. undefined for a loop. */
function followAliases(answers: readonly Answer[], name: string): { owner: string; ttl: number } | undefined {
  let owner = name;
  let ttl = Number.POSITIVE_INFINITY;
  for (let steps = 0; steps <= answers.length; steps++) {
    const alias = answers.find((record) => record.type === "CNAME" && sameName(record.name, owner));
    if (alias?.type !== "CNAME") return { owner, ttl };
    owner = alias.data;
    ttl = Math.min(ttl, ttlOf(alias));
  }
  return undefined;
}

function hasSoa(packet: DecodedPacket): boolean {
  return (packet.authorities ?? []).some((record) => record.type === "SOA");
}

/** RFC 2308 section 5: the smaller of the SOA record's own TTL and its MINIMUM field. */
function negativeTtl(packet: DecodedPacket): number {
  const soa = (packet.authorities ?? []).find((record) => record.type === "SOA");
  return soa?.type === "SOA" ? Math.min(ttlOf(soa), soa.data.minimum ?? NEGATIVE_TTL) : NEGATIVE_TTL;
}

function rcodeOf(packet: DecodedPacket): number {
  return (packet.flags ?? 0) & 0xf;
}

function ttlOf(record: Answer): number {
  return "ttl" in record && typeof record.ttl === "number" ? record.ttl : 0;
}

function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
