import type { ProblemDescription } from "../model/problem.ts";

/** Why a platform doesn't say, or no longer says, where a service is. The reasons of endpoint sets carry these codes. */
export const DISCOVERY_PROBLEMS = {
  LB5001: {
    title: "The platform doesn't exist",
    meaning: "A backend of a HybridService names a Platform that isn't there, or that can't be read.",
    wayOut: "Correct the backend's `platform`, or add the Platform.",
  },
  LB5002: {
    title: "The platform doesn't list the service",
    meaning: "A Platform of type Static has no entry for the name, or only entries for other namespaces.",
    wayOut: "Add the service under `spec.static.services`, or correct the backend's `service` or `namespace`.",
  },
  LB5003: {
    title: "The DNS name doesn't exist",
    meaning:
      "The DNS server says that the name doesn't exist, or that it has no record of the type. Endpoints known before are kept until it has said so three times in a row.",
    wayOut: "Compare the name in the message with your zone; `spec.dns.domain` is added to the backend's `service`.",
  },
  LB5004: {
    title: "No DNS server answers",
    meaning: "None of the servers answered in time. The last known endpoints stay in use.",
    wayOut: "Check the addresses in `spec.dns.servers` and whether UDP and TCP port 53 are let through.",
  },
  LB5005: {
    title: "The DNS servers refuse or fail",
    meaning:
      "The servers answered, but with an error such as SERVFAIL or REFUSED. The last known endpoints stay in use.",
    wayOut: "Ask the same server with `dig`; its own log says why it fails.",
  },
  LB5006: {
    title: "The DNS answer makes no sense",
    meaning: "The answer can't be decoded, isn't an answer to the question, or is a chain of aliases without end.",
    wayOut: "Check that `spec.dns.servers` are DNS servers and that the zone has no loop of CNAME records.",
  },
  LB5007: {
    title: "The port isn't known",
    meaning: "A and AAAA records hold addresses only, and the backend names no port.",
    wayOut: "Add `port` to the HybridService's backend, or publish SRV records and set `spec.dns.records: SRV`.",
  },
} as const satisfies Record<string, ProblemDescription>;

type DiscoveryProblemCode = keyof typeof DISCOVERY_PROBLEMS;

/** The reason of an endpoint set: "the platform … (LB5001)". */
export function reason(code: DiscoveryProblemCode, text: string): string {
  return `${text} (${code})`;
}
