/** Waits until objects are live on every proxy, and says of those that aren't who refused what, and why. */
import type { ApiClient } from "../../client/api-client.ts";
import { qualifiedSingular } from "../../client/api-resources.ts";
import type { ApiProblem } from "../../client/api-types.ts";
import type { ProxyView } from "../../client/local-types.ts";
import { at, type Field, list, text } from "../../lib/fields.ts";
import { type ObjectKey, parseObjectKey } from "../../model/keys.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { followObjects, type Verdict } from "../follow-objects.ts";
import type { Target } from "../manifests/targets.ts";
import type { Done } from "./steps.ts";

/** By which condition a kind is live. All other kinds are as soon as they are written. */
const LIVE_BY: Readonly<Record<string, "Programmed" | "Accepted">> = {
  Gateway: "Programmed",
  HTTPRoute: "Programmed",
  HybridService: "Programmed",
  GatewayClass: "Accepted",
  Platform: "Accepted",
};

/** After something was refused, the rest may wait for just that: how long it gets all the same. Milliseconds. */
const REST_MS = 5_000;

export interface NotLive {
  readonly target: Target;
  /** Sentences. */
  readonly reasons: readonly string[];
}

type LiveState =
  | { readonly kind: "live" }
  /** Someone has it and doesn't take it. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "pending"; readonly reason: string };

interface Awaited extends Target {
  readonly generation: number;
}

/** @returns those that aren't live when each was live or refused, or when `signal` aborts */
export async function untilLive(
  api: ApiClient,
  done: readonly Done[],
  signal: AbortSignal,
): Promise<readonly NotLive[] | ApiProblem> {
  const awaited = done
    .filter(({ target }) => LIVE_BY[target.resource.kind] !== undefined)
    .map(({ target, object }): Awaited => ({ ...target, generation: object.metadata.generation ?? 0 }));
  const states = new Map<ObjectKey, LiveState>();
  const enough = new AbortController();
  let rest: NodeJS.Timeout | undefined;
  const judge = (target: Awaited, object: RawObject | undefined): Verdict => {
    const state = liveState(target, object);
    states.set(target.key, state);
    const isRefused = [...states.values()].some(({ kind }) => kind === "refused");
    if (!isRefused) clearTimeout(rest);
    rest = isRefused ? (rest ?? setTimeout(() => enough.abort(), REST_MS)) : undefined;
    return state.kind === "live" ? "done" : state.kind === "refused" ? "doubtful" : "open";
  };
  const problem = await followObjects(api, awaited, judge, AbortSignal.any([signal, enough.signal]));
  clearTimeout(rest);
  if (problem) return problem;
  const notLive = awaited.filter(({ key }) => states.get(key)?.kind !== "live");
  const proxies = notLive.length > 0 ? await proxiesOf(api) : [];
  return notLive.map((target) => ({
    target,
    reasons: [reasonOf(states.get(target.key)), ...proxies.flatMap((proxy) => refusalsBy(proxy, target.key))],
  }));
}

export function liveState(
  { resource, generation }: Pick<Awaited, "resource" | "generation">,
  object: RawObject | undefined,
): LiveState {
  if (!object) return { kind: "refused", reason: "it was deleted" };
  const parents = at(object, "status", "parents");
  const places = parents === undefined ? [at(object, "status")] : list(parents);
  if (places.length === 0) return { kind: "pending", reason: "no Gateway has taken it" };
  const states = places.map((place) => placeState(LIVE_BY[resource.kind] ?? "Accepted", generation, place));
  return (
    states.find(({ kind }) => kind === "refused") ?? states.find(({ kind }) => kind === "pending") ?? { kind: "live" }
  );
}

/** Of the object itself, or of one parent of a route. */
function placeState(wanted: string, generation: number, place: Field): LiveState {
  const conditions = list(at(place, "conditions"));
  const find = (type: string) => conditions.find((condition) => at(condition, "type") === type);
  const accepted = find("Accepted");
  const condition = at(accepted, "status") === "False" ? accepted : find(wanted);
  if (condition === undefined) return { kind: "pending", reason: `it has no condition ${wanted} yet` };
  const reason = `${text(at(condition, "type"))} is ${text(at(condition, "status"))} (${text(at(condition, "reason"))}): ${text(at(condition, "message"))}`;
  const observed = at(condition, "observedGeneration");
  if (typeof observed === "number" && observed < generation)
    return { kind: "pending", reason: `generation ${generation} isn't live yet; of generation ${observed}: ${reason}` };
  if (at(condition, "status") === "True") return { kind: "live" };
  const isPending = at(condition, "status") !== "False" || at(condition, "reason") === "Pending";
  return { kind: isPending ? "pending" : "refused", reason };
}

function reasonOf(state: LiveState | undefined): string {
  return state && state.kind !== "live" ? state.reason : "nothing is known of it yet";
}

/** Without the right to see proxies, the conditions have to do. */
async function proxiesOf(api: ApiClient): Promise<readonly ProxyView[]> {
  const answer = await api.proxies();
  return "problem" in answer ? [] : answer.value;
}

function refusalsBy({ gateway, instance, refused }: ProxyView, key: ObjectKey): string[] {
  const { namespace, name } = parseObjectKey(gateway);
  return refused
    .filter(({ owners }) => owners.includes(key))
    .map(
      ({ resource, message }) => `proxy ${instance} of Gateway ${namespace}/${name} refused ${resource}: ${message}`,
    );
}

/** One object a line, its reasons below. */
export function notLiveText({ target, reasons }: NotLive): string {
  const { resource, name, namespace } = target;
  const place = namespace === "" ? "" : ` in namespace ${namespace}`;
  return [`${qualifiedSingular(resource)}/${name}${place} isn't live:`, ...reasons.map((reason) => `  ${reason}`)].join(
    "\n",
  );
}
