/**
 * Listeners of one Gateway that stand in each other's way (Gateway.spec.listeners, "Distinct Listeners").
 */
import type { Listener } from "../../model/gateway.ts";
import type { Refusal } from "./conditions.ts";
import { ANY, covers } from "./hostnames.ts";

/** Others are refused by themselves and disturb no listener. */
export function isServedProtocol(protocol: string): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

/**
 * Why the listener isn't distinct. "The implementation MUST NOT pick one conflicting Listener as the winner", so all that
 * share its port have one too. Equal hostnames of one protocol don't get here: the model refuses them (LB1302).
 */
export function conflictOf(listener: Listener, all: readonly Listener[]): Refusal | undefined {
  if (!isServedProtocol(listener.protocol)) return undefined;
  const rival = all.find(
    (other) => other.port === listener.port && isServedProtocol(other.protocol) && other.protocol !== listener.protocol,
  );
  if (!rival) return undefined;
  const message = `listener ${rival.name} uses port ${rival.port} for ${rival.protocol}, and this one for ${listener.protocol}`;
  return { reason: "ProtocolConflict", message };
}

/**
 * For the condition OverlappingTLSConfig: HTTPS listeners of one port with hostnames in common. Clients may reuse a
 * connection for the hosts of the other listener; such requests get 421.
 */
export function overlapOf(listener: Listener, all: readonly Listener[]): Refusal | undefined {
  if (listener.protocol !== "HTTPS") return undefined;
  const own = listener.hostname ?? ANY;
  const names = all.flatMap((other) => {
    if (other === listener || other.protocol !== "HTTPS" || other.port !== listener.port) return [];
    const hostname = other.hostname ?? ANY;
    return covers(own, hostname) || covers(hostname, own) ? [other.name] : [];
  });
  if (names.length === 0) return undefined;
  const message = `hostnames overlap with those of ${names.join(", ")}; a request on a connection made for another listener gets 421`;
  return { reason: "OverlappingHostnames", message };
}
