import type { RouteAction_HashPolicySchema } from "../../gen/envoy/config/route/v3/route_components_pb.js";
import type { StickyKey } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";

type HashPolicy = Init<typeof RouteAction_HashPolicySchema>;

/** The first key that a request has decides: each policy ends the search once it has produced a hash. */
export function translateStickiness(keys: readonly StickyKey[]): HashPolicy[] {
  return keys.map((key): HashPolicy => ({ policySpecifier: policy(key), terminal: true }));
}

function policy(key: StickyKey): NonNullable<HashPolicy["policySpecifier"]> {
  switch (key.kind) {
    case "cookie":
      return { case: "cookie", value: { name: key.name } };
    case "header":
      return { case: "header", value: { headerName: key.name } };
    case "sourceAddress":
      return { case: "connectionProperties", value: { sourceIp: true } };
  }
}
