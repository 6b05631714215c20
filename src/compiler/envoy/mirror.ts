import type { RouteAction_RequestMirrorPolicySchema } from "../../gen/envoy/config/route/v3/route_components_pb.js";
import { FractionalPercent_DenominatorType as Denominator } from "../../gen/envoy/type/v3/percent_pb.js";
import type { Mirror } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";

/**
 * A mirrored request is copied after the rewrites for the service that answers. `host` undoes that of Host:
 * what the mirror wants to see, or else the hostname that the client asked for, where it is known.
 */
export function translateMirror(
  mirror: Mirror,
  requestedHost: string | undefined,
): Init<typeof RouteAction_RequestMirrorPolicySchema> {
  const host = mirror.host ?? requestedHost;
  return {
    cluster: mirror.leg,
    disableShadowHostSuffixAppend: true,
    ...(host === undefined ? {} : { hostRewriteLiteral: host }),
    runtimeFraction: { defaultValue: fraction(mirror.numerator, mirror.denominator) },
  };
}

const MILLION = 1_000_000;

function fraction(numerator: number, denominator: number): { numerator: number; denominator: Denominator } {
  if (denominator === 100) return { numerator, denominator: Denominator.HUNDRED };
  return { numerator: Math.round((numerator / denominator) * MILLION), denominator: Denominator.MILLION };
}
