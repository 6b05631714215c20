/**
 * From an HTTPRoute to what it contributes to its gateways, and what its status says.
 */
import { query, type Reader } from "../../lib/dataflow/query.ts";
import type { Condition } from "../../model/conditions.ts";
import type { HttpRoute } from "../../model/http-route.ts";
import type { RouteParentStatus } from "../status.ts";
import { CONTROLLER_NAME } from "../status.ts";
import { type Attachment, attach, attachToDefaults } from "./attachment.ts";
import {
  attachedRoutes,
  gatewayLegs,
  gatewaySplits,
  hostEntries,
  RANK,
  routesOfService,
  within,
} from "./collections.ts";
import { conditionOf, isTrue } from "./conditions.ts";
import { readByKey } from "./inputs.ts";
import type { RankedEntry } from "./precedence.ts";
import { type CompiledRule, compileRule } from "./rules.ts";

/** The statuses of the route's parents. Spawned for each HTTPRoute. */
export const httpRoute = query<readonly RouteParentStatus[]>("httpRoute", RANK.route, (read, key) => {
  const route = readByKey<"HTTPRoute">(read, key);
  if (!route) return [];
  const asked = [
    ...route.spec.parentRefs.flatMap((ref) => attach(read, route, ref) ?? []),
    ...attachToDefaults(read, route),
  ];
  if (asked.length === 0) return [];
  const rules = route.spec.rules.map((rule, index) => compileRule(read, route, rule, index));
  const attachments = rules.every(isInvalid) ? asked.map((attachment) => refuse(attachment, rules)) : asked;
  contributeHosts(read, route, rules, attachments);
  contributeUses(read, key, rules, attachments);
  return attachments.map((attachment) => parentStatus(route, attachment, rules));
});

function isInvalid(rule: CompiledRule): boolean {
  return rule.unsupported.length > 0;
}

/** "If all Route Rules in a Route are invalid, the entire Route would be considered invalid" (HTTPRouteRule.filters). */
function refuse(attachment: Attachment, rules: readonly CompiledRule[]): Attachment {
  return {
    ...attachment,
    listeners: [],
    refusals: [...attachment.refusals, ...rules.flatMap((rule) => rule.unsupported)],
  };
}

function contributeHosts(
  read: Reader,
  route: HttpRoute,
  rules: readonly CompiledRule[],
  attachments: readonly Attachment[],
): void {
  const byHost = new Map<string, RankedEntry[]>();
  const listeners = new Set<string>();
  for (const { gateway, listeners: attached } of attachments) {
    for (const { point, hosts } of attached) {
      const listener = within(gateway, point.name);
      if (listeners.has(listener)) continue;
      listeners.add(listener);
      read.emit(attachedRoutes, listener, true);
      if (!point.serves) continue;
      for (const { host, routeHostname } of hosts) {
        const place = within(gateway, point.table, host);
        const entries = byHost.get(place) ?? [];
        entries.push(...rankedEntries(route, rules, routeHostname));
        byHost.set(place, entries);
      }
    }
  }
  for (const [place, entries] of byHost) read.emit(hostEntries, place, entries);
}

function rankedEntries(route: HttpRoute, rules: readonly CompiledRule[], hostname: string): RankedEntry[] {
  const { namespace, name, creationTimestamp } = route.metadata;
  const created = creationTimestamp === undefined ? 0 : Date.parse(creationTimestamp);
  return rules.flatMap((rule, ruleIndex) =>
    rule.entries.map((entry, match) => ({
      entry,
      hostname,
      created,
      route: `${namespace}/${name}`,
      rule: ruleIndex,
      match,
    })),
  );
}

function contributeUses(
  read: Reader,
  key: string,
  rules: readonly CompiledRule[],
  attachments: readonly Attachment[],
): void {
  const serving = attachments.filter((attachment) => attachment.listeners.some(({ point }) => point.serves));
  const legs = new Set(rules.flatMap((rule) => rule.legs));
  const splits = new Set(rules.flatMap((rule) => rule.splitServices));
  for (const gateway of new Set(serving.map((attachment) => attachment.gateway))) {
    for (const leg of legs) read.emit(gatewayLegs, within(gateway, leg), true);
    for (const service of splits) read.emit(gatewaySplits, within(gateway, service), true);
  }
  for (const service of new Set(rules.flatMap((rule) => rule.services))) read.emit(routesOfService, service, key);
}

function parentStatus(route: HttpRoute, attachment: Attachment, rules: readonly CompiledRule[]): RouteParentStatus {
  const { generation } = route.metadata;
  const { ref } = attachment;
  const resolved = rules.flatMap((rule) => rule.refusals);
  const accepted = conditionOf(
    "Accepted",
    { reason: "Accepted", message: "the route is attached" },
    attachment.refusals,
    generation,
  );
  const refs = conditionOf(
    "ResolvedRefs",
    { reason: "ResolvedRefs", message: "all references resolve" },
    resolved,
    generation,
  );
  return {
    parentRef: {
      group: ref.group,
      kind: ref.kind,
      namespace: ref.namespace ?? route.metadata.namespace,
      name: ref.name,
      sectionName: ref.sectionName,
      port: ref.port,
    },
    controllerName: CONTROLLER_NAME,
    conditions: [accepted, refs, ...(attachment.refusals.length === 0 ? partiallyInvalid(rules, generation) : [])],
  };
}

/**
 * The message starts as the specification wants it. Requests of a dropped rule get 500: what a broader rule or route would
 * make of them may lack the very filter that couldn't be had.
 */
function partiallyInvalid(rules: readonly CompiledRule[], generation: number | undefined): Condition[] {
  const dropped = rules.flatMap((rule, index) => (isInvalid(rule) ? [{ index, refusals: rule.unsupported }] : []));
  const [reason] = dropped.flatMap(({ refusals }) => refusals.map((refusal) => refusal.reason));
  if (reason === undefined) return [];
  const faults = dropped.map(
    ({ index, refusals }) => `Dropped Rule ${index}: ${refusals.map(({ message }) => message).join("; ")}`,
  );
  return [isTrue("PartiallyInvalid", reason, `${faults.join(". ")}. Requests that match get 500`, generation)];
}
