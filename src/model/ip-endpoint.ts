/** One address of a workload: "10.1.0.4:8010" or "[fd00::4]:8010". */
import { isIPv4, isIPv6 } from "node:net";
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

export interface IpEndpoint {
  readonly address: string;
  readonly port: number;
}

/** undefined when the text is no endpoint; checkIpEndpoint says why. */
export function parseIpEndpoint(text: string): IpEndpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  if (!match) return undefined;
  const [, v6, v4, digits] = match;
  const port = Number(digits);
  if (port < 1 || port > 65535) return undefined;
  if (v6 !== undefined) return isIPv6(v6) ? { address: v6.toLowerCase(), port } : undefined;
  return v4 !== undefined && isIPv4(v4) ? { address: v4, port } : undefined;
}

export function checkIpEndpoint(value: string): Mistake | undefined {
  if (parseIpEndpoint(value)) return undefined;
  return {
    code: "LB1208",
    message: `${JSON.stringify(value)} isn't an IP address with a port`,
    hint: endpointHint(value),
  };
}

export function ipEndpointField(): z.ZodString {
  return checkedString(checkIpEndpoint, {});
}

function endpointHint(value: string): string {
  if (isIPv4(value)) return `Add the port: ${value}:8080.`;
  if (isIPv6(value)) return `Put the address in brackets and add the port: [${value}]:8080.`;
  const lastColon = value.lastIndexOf(":");
  if (lastColon > 0 && isIPv6(value.slice(0, lastColon))) {
    return `An IPv6 address needs brackets: [${value.slice(0, lastColon)}]:${value.slice(lastColon + 1)}.`;
  }
  const port = Number(/:(\d+)$/.exec(value)?.[1] ?? Number.NaN);
  if (port < 1 || port > 65535) return "A port is 1 to 65535.";
  if (/^[a-z]/i.test(value))
    return "Names need a Platform of type DNS; here only addresses, such as 10.1.0.4:8010 or [fd00::4]:8010.";
  return "Write 10.1.0.4:8010, or [fd00::4]:8010 for IPv6.";
}
