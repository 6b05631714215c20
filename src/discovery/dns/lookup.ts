/**
 * From a service's DNS name to its endpoints.
 */
import type { Endpoint } from "../../model/endpoints.ts";
import type { DnsSettings } from "../../model/platform.ts";
import { type AddressType, type DnsAnswer, readAddresses, type SrvTarget } from "./answer.ts";
import type { DnsResolver, SrvAnswer } from "./resolver.ts";

/** TTLs are seconds. */
export type Lookup =
  | { readonly kind: "found"; readonly endpoints: readonly Endpoint[]; readonly ttl: number }
  | { readonly kind: "none"; readonly ttl: number }
  | { readonly kind: "failed"; readonly code: "LB5004" | "LB5005" | "LB5006"; readonly why: string };

const ADDRESS_TYPES: Readonly<Record<DnsSettings["records"], readonly AddressType[]>> = {
  A: ["A"],
  AAAA: ["AAAA"],
  "A+AAAA": ["A", "AAAA"],
  SRV: ["A", "AAAA"],
};

/** @param port for records without one; with SRV it is not used */
export async function lookUp(
  resolver: DnsResolver,
  name: string,
  records: DnsSettings["records"],
  port: number,
  signal: AbortSignal,
): Promise<Lookup> {
  if (records === "SRV") return lookUpSrv(await resolver.srv(name, signal), resolver, signal);
  const found = await addressesOf(resolver, name, ADDRESS_TYPES[records], signal);
  if (found.kind !== "records") return found;
  return { kind: "found", endpoints: found.values.map((address) => ({ address, port })), ttl: found.ttl };
}

type Addresses = Exclude<DnsAnswer<string>, { kind: "alias" }>;

/**
 * One family that answers is enough: there are servers that fail every AAAA question.
 */
async function addressesOf(
  resolver: DnsResolver,
  name: string,
  types: readonly AddressType[],
  signal: AbortSignal,
): Promise<Addresses> {
  const answers = await Promise.all(types.map((type) => resolver.addresses(name, type, signal)));
  return mergeAddresses(answers);
}

function mergeAddresses(answers: readonly DnsAnswer<string>[]): Addresses {
  const values: string[] = [];
  let ttl = Number.POSITIVE_INFINITY;
  let failed: Extract<Addresses, { kind: "failed" }> | undefined;
  for (const answer of answers) {
    if (answer.kind === "failed") failed ??= answer;
    else ttl = Math.min(ttl, answer.kind === "none" && answers.length > 1 ? Number.POSITIVE_INFINITY : answer.ttl);
    if (answer.kind === "records") values.push(...answer.values);
  }
  if (values.length > 0) return { kind: "records", values, ttl };
  if (failed !== undefined) return failed;
  return { kind: "none", ttl: Math.min(...answers.map((answer) => (answer.kind === "none" ? answer.ttl : ttl))) };
}

async function lookUpSrv({ targets, packet }: SrvAnswer, resolver: DnsResolver, signal: AbortSignal): Promise<Lookup> {
  if (targets.kind === "failed") return targets;
  if (targets.kind !== "records") return { kind: "none", ttl: targets.ttl };
  const chosen = mostPreferred(targets.values);
  let ttl = targets.ttl;
  const endpoints: Endpoint[] = [];
  const resolved = await Promise.all(
    chosen.map(async (target) => ({
      target,
      addresses: (packet && sentAlong(packet, target.target)) ?? (await targetAddresses(resolver, target, signal)),
    })),
  );
  for (const { target, addresses } of resolved) {
    // Without this target the answer would look whole and take its endpoints away.
    if (addresses.kind === "failed") return addresses;
    ttl = Math.min(ttl, addresses.ttl);
    if (addresses.kind !== "records") continue;
    for (const address of addresses.values) {
      endpoints.push({ address, port: target.port, weight: Math.max(1, target.weight) });
    }
  }
  return endpoints.length > 0 ? { kind: "found", endpoints, ttl } : { kind: "none", ttl };
}

/** RFC 2782: only the lowest priority that there is; a target of "." says that the service isn't offered. */
function mostPreferred(targets: readonly SrvTarget[]): readonly SrvTarget[] {
  const offered = targets.filter(({ target }) => target !== "." && target !== "");
  const lowest = Math.min(...offered.map(({ priority }) => priority));
  return offered.filter(({ priority }) => priority === lowest);
}

function targetAddresses(resolver: DnsResolver, { target }: SrvTarget, signal: AbortSignal): Promise<Addresses> {
  return addressesOf(resolver, target, ADDRESS_TYPES.SRV, signal);
}

/** Servers may put the targets' addresses into the additional section, which saves the questions. */
function sentAlong(packet: NonNullable<SrvAnswer["packet"]>, name: string): Addresses | undefined {
  const along = { ...packet, answers: packet.additionals ?? [] };
  const merged = mergeAddresses([readAddresses(along, name, "A"), readAddresses(along, name, "AAAA")]);
  return merged.kind === "records" ? merged : undefined;
}
