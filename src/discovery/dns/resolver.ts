/**
 * Asks DNS servers in their order, follows aliases, and keeps the number of open questions bounded.
 */
import { getServers } from "node:dns";
import type { DecodedPacket } from "dns-packet";
import { Permits } from "../../lib/permits.ts";
import { type IpEndpoint, parseIpEndpoint } from "../../model/ip-endpoint.ts";
import { type AddressType, type DnsAnswer, rcodeFailure, readAddresses, readSrv, type SrvTarget } from "./answer.ts";
import { exchange, type Question } from "./exchange.ts";

export interface SrvAnswer {
  readonly targets: DnsAnswer<SrvTarget>;
  /** Addresses that the server sent along for the targets. */
  readonly packet: DecodedPacket | undefined;
}

const MAX_OPEN_QUESTIONS = 32;
const MAX_ALIASES = 8;
const DNS_PORT = 53;

/** All providers share it: the bound protects this process's sockets. */
const openQuestions = new Permits(MAX_OPEN_QUESTIONS);

type Failure = Extract<DnsAnswer<never>, { kind: "failed" }>;

export class DnsResolver {
  readonly #servers: readonly IpEndpoint[];
  readonly #timeoutMs: number;

  /** @param servers empty: those of the system, read anew at each construction */
  constructor(servers: readonly IpEndpoint[], timeoutMs: number) {
    this.#servers = servers.length > 0 ? servers : systemServers();
    this.#timeoutMs = timeoutMs;
  }

  addresses(name: string, type: AddressType, signal: AbortSignal): Promise<DnsAnswer<string>> {
    return this.#followed(name, type, (packet, owner) => readAddresses(packet, owner, type), signal);
  }

  async srv(name: string, signal: AbortSignal): Promise<SrvAnswer> {
    let last: DecodedPacket | undefined;
    const read = (packet: DecodedPacket, owner: string) => {
      last = packet;
      return readSrv(packet, owner);
    };
    const targets = await this.#followed(name, "SRV", read, signal);
    return { targets, packet: last };
  }

  async #followed<Value>(
    name: string,
    type: Question["type"],
    read: (packet: DecodedPacket, owner: string) => DnsAnswer<Value>,
    signal: AbortSignal,
  ): Promise<DnsAnswer<Value>> {
    let owner = name;
    let ttl = Number.POSITIVE_INFINITY;
    for (let aliases = 0; aliases < MAX_ALIASES; aliases++) {
      const packet = await openQuestions.run(() => this.#ask({ name: owner, type }, signal));
      if ("kind" in packet) return packet;
      const answer = read(packet, owner);
      if (answer.kind === "failed") return answer;
      ttl = Math.min(ttl, answer.ttl);
      if (answer.kind !== "alias") return { ...answer, ttl };
      owner = answer.target;
    }
    return { kind: "failed", code: "LB5006", why: `${name} is an alias of an alias, more than ${MAX_ALIASES} times` };
  }

  /** The first server that answers decides, also when it says that the name doesn't exist. */
  async #ask(question: Question, signal: AbortSignal): Promise<DecodedPacket | Failure> {
    const failures: string[] = [];
    let code: Failure["code"] = "LB5004";
    for (const server of this.#servers) {
      if (signal.aborted) break;
      const place = `${server.address}:${server.port}`;
      try {
        const packet = await exchange(server, question, this.#timeoutMs, signal);
        const refusal = rcodeFailure(packet);
        if (refusal === undefined) return packet;
        code = "LB5005";
        failures.push(`${place} answered ${refusal}`);
      } catch (error) {
        failures.push(`${place}: ${inWords(error, this.#timeoutMs)}`);
      }
    }
    const why = failures.length > 0 ? failures.join("; ") : "no DNS server is configured";
    return { kind: "failed", code, why: `${question.type} ${question.name}: ${why}` };
  }
}

/** "10.0.0.1", "10.0.0.1:5353", "fd00::1" or "[fd00::1]:5353", as Node gives them. */
function systemServers(): readonly IpEndpoint[] {
  return getServers().flatMap((text) => {
    const whole = parseIpEndpoint(text);
    if (whole !== undefined) return whole;
    const bare = text.replace(/%.*$/, "");
    return parseIpEndpoint(bare.includes(":") ? `[${bare}]:${DNS_PORT}` : `${bare}:${DNS_PORT}`) ?? [];
  });
}

function inWords(error: unknown, timeoutMs: number): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ECONNREFUSED") return "nobody listens there";
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith("no answer") ? `${message} (${timeoutMs} ms)` : message;
}
