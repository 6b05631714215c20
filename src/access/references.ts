/**
 * What an object refers to that isn't its author's by itself: listeners, hosts, platforms. Each is shared by teams, so it
 * has to be given (docs/decisions/0052-what-a-team-may-refer-to.md). References that the owner of the target allows by a
 * ReferenceGrant are not among them.
 */
import type { HttpRoute } from "../model/http-route.ts";
import type { HybridService } from "../model/hybrid-service.ts";
import { GATEWAY_API_GROUP, LANDBRIDGE_GROUP } from "../model/kind-definition.ts";
import type { AnyResource } from "../model/kinds.ts";
import { ANYTHING, coveringNames } from "./covering-names.ts";
import type { ResourceAttributes } from "./user.ts";

export interface Reference {
  readonly kind: "listener" | "host" | "platform";
  /** Where in the object: "spec.hostnames[0]"; the list when something isn't in it. */
  readonly path: string;
  /** For people: `the host "shop.example.com"`. */
  readonly target: string;
  /** The reference is given if any of these is allowed. The first is the narrowest, and what tells references apart. */
  readonly asks: readonly [ResourceAttributes, ...ResourceAttributes[]];
}

/** The name to ask for when a route attaches to whatever Gateways are there by default. */
export const DEFAULT_GATEWAYS = "default";

export function referencesOf(resource: AnyResource): readonly Reference[] {
  switch (resource.kind) {
    case "HTTPRoute":
      return [...listenersOf(resource), ...hostsOf(resource)];
    case "HybridService":
      return platformsOf(resource);
    default:
      return [];
  }
}

/**
 * Those of `after` that `before` hadn't, neither as they are nor as a part of something wider: who wrote them was allowed
 * to then. `before` is undefined for a new object.
 */
export function newReferences(before: AnyResource | undefined, after: AnyResource): readonly Reference[] {
  const had = new Set((before ? referencesOf(before) : []).map(({ asks }) => identityOf(asks[0])));
  return referencesOf(after).filter(({ asks }) => !asks.some((ask) => had.has(identityOf(ask))));
}

/** A listener is asked for in the route's namespace; its Gateway also in the Gateway's own, for which its owner speaks. */
function listenersOf({ metadata: { namespace }, spec }: HttpRoute): Reference[] {
  const attach = (name: string) => shared("attach", "listeners", namespace, name);
  const references = spec.parentRefs.flatMap((parent, index): Reference[] => {
    // A route attaches to nothing else.
    if (parent.group !== GATEWAY_API_GROUP || parent.kind !== "Gateway") return [];
    const home = parent.namespace ?? namespace;
    const gateway = `${home}:${parent.name}`;
    const ofOwner: ResourceAttributes = {
      kind: "resource",
      verb: "attach",
      group: GATEWAY_API_GROUP,
      resource: "gateways",
      subresource: "",
      namespace: home,
      name: parent.name,
    };
    const wide = [attach(ANYTHING), ofOwner] as const;
    // A port may be that of several listeners.
    const { sectionName } = parent;
    return [
      {
        kind: "listener",
        path: `spec.parentRefs[${index}]`,
        target: `${sectionName === undefined ? "all listeners" : `the listener ${JSON.stringify(sectionName)}`} of Gateway ${home}/${parent.name}`,
        asks:
          sectionName === undefined
            ? [attach(gateway), ...wide]
            : [attach(`${gateway}:${sectionName}`), attach(gateway), ...wide],
      },
    ];
  });
  if (spec.useDefaultGateways !== "All") return references;
  return [
    ...references,
    {
      kind: "listener",
      path: "spec.useDefaultGateways",
      target: "all listeners of the default Gateways",
      asks: [attach(DEFAULT_GATEWAYS), attach(ANYTHING)],
    },
  ];
}

function hostsOf({ metadata: { namespace }, spec }: HttpRoute): Reference[] {
  const use = (name: string) => shared("use", "hostnames", namespace, name);
  if (spec.hostnames.length === 0) {
    return [{ kind: "host", path: "spec.hostnames", target: "every host of its listeners", asks: [use(ANYTHING)] }];
  }
  return spec.hostnames.map((hostname, index) => {
    const [narrowest, ...wider] = coveringNames(hostname);
    return {
      kind: "host",
      path: `spec.hostnames[${index}]`,
      target: `the host ${JSON.stringify(hostname)}`,
      asks: [use(narrowest), ...wider.map(use)],
    };
  });
}

/** A platform's namespace is another team's as a rule, so the platform alone doesn't give it. */
function platformsOf({ metadata, spec }: HybridService): Reference[] {
  return spec.backends.flatMap((backend, index): Reference[] => {
    const use = (resource: string, name: string) => shared("use", resource, metadata.namespace, name);
    const path = `spec.backends[${index}]`;
    const { platform, namespace = metadata.namespace } = backend;
    const itself: Reference = {
      kind: "platform",
      path: `${path}.platform`,
      target: `the platform ${JSON.stringify(platform)}`,
      asks: [use("platforms", platform)],
    };
    if (namespace === metadata.namespace) return [itself];
    return [
      itself,
      {
        kind: "platform",
        path: `${path}.namespace`,
        target: `the namespace ${JSON.stringify(namespace)} of the platform ${JSON.stringify(platform)}`,
        asks: [
          use("platforms/namespaces", `${platform}:${namespace}`),
          use("platforms/namespaces", `${platform}:${ANYTHING}`),
        ],
      },
    ];
  });
}

function shared(verb: string, path: string, namespace: string, name: string): ResourceAttributes {
  const [resource = "", subresource = ""] = path.split("/");
  return { kind: "resource", verb, group: LANDBRIDGE_GROUP, resource, subresource, namespace, name };
}

function identityOf({ verb, group, resource, subresource, namespace, name }: ResourceAttributes): string {
  return [verb, group, resource, subresource, namespace, name].join(" ");
}
