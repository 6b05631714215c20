/** The columns of `get`, by kind: those of the Gateway API's CRDs and of kubectl, then ours. */
import type { ConditionView, ObjectView } from "../client/local-types.ts";
import { age } from "../lib/age.ts";
import { at, type Field, list, text } from "../lib/fields.ts";

export interface Column {
  readonly title: string;
  readonly wide?: boolean;
  readonly value: (object: ObjectView, now: Date) => string;
}

const AGE: Column = {
  title: "AGE",
  value: ({ resource, since }, now) => age(resource.metadata.creationTimestamp ?? since, now),
};
const GENERATION = wide("GENERATION", ({ resource }) => text(resource.metadata.generation));
const ORIGIN = wide("ORIGIN", originText);

const BY_KIND: Readonly<Record<string, readonly Column[]>> = {
  GatewayClass: [
    column("CONTROLLER", (r) => text(at(r, "spec", "controllerName"))),
    condition("Accepted"),
    AGE,
    wide("DESCRIPTION", ({ resource }) => text(at(resource, "spec", "description"))),
  ],
  Gateway: [
    column("CLASS", (r) => text(at(r, "spec", "gatewayClassName"))),
    { title: "ADDRESS", value: ({ status }) => (status?.addresses ?? []).map(({ value }) => value).join(",") },
    condition("Programmed"),
    AGE,
    wide("LISTENERS", ({ resource }) =>
      list(at(resource, "spec", "listeners"))
        .map(listenerText)
        .join(","),
    ),
  ],
  HTTPRoute: [
    column("HOSTNAMES", (r) =>
      list(at(r, "spec", "hostnames"))
        .map(text)
        .join(","),
    ),
    condition("Accepted"),
    condition("Programmed"),
    AGE,
    wide("PARENTS", ({ resource }) =>
      list(at(resource, "spec", "parentRefs"))
        .map((ref) => text(at(ref, "name")))
        .join(","),
    ),
  ],
  Namespace: [{ title: "STATUS", value: () => "Active" }, AGE],
  Service: [
    column("TYPE", (r) => text(at(r, "spec", "type")) || "ClusterIP"),
    column("CLUSTER-IP", (r) => text(at(r, "spec", "clusterIP")) || "None"),
    column(
      "EXTERNAL-IP",
      (r) =>
        list(at(r, "spec", "externalIPs"))
          .map(text)
          .join(",") || "<none>",
    ),
    column("PORT(S)", (r) =>
      list(at(r, "spec", "ports"))
        .map(servicePortText)
        .join(","),
    ),
    AGE,
  ],
  EndpointSlice: [
    column("ADDRESSTYPE", (r) => text(at(r, "addressType"))),
    column("PORTS", (r) =>
      list(at(r, "ports"))
        .map((port) => text(at(port, "port")))
        .join(","),
    ),
    column("ENDPOINTS", (r) => abridged(list(at(r, "endpoints")).flatMap((e) => list(at(e, "addresses")).map(text)))),
    AGE,
  ],
  Secret: [
    column("TYPE", (r) => text(at(r, "type"))),
    column("DATA", (r) => String(Object.keys((at(r, "data") as object | undefined) ?? {}).length)),
    AGE,
  ],
  Platform: [column("TYPE", (r) => text(at(r, "spec", "type"))), condition("Accepted"), AGE],
  HybridService: [
    column("PORT", (r) => text(at(r, "spec", "port"))),
    column("PROTOCOL", (r) => text(at(r, "spec", "protocol"))),
    column("SPLIT", splitText),
    condition("Accepted"),
    condition("Programmed"),
    AGE,
    wide("BACKENDS", ({ resource }) =>
      list(at(resource, "spec", "backends"))
        .map(backendText)
        .join(","),
    ),
  ],
};

/** The columns after NAME, without those of `-o wide` unless they are wanted. */
export function columnsOf(kind: string, isWide: boolean): readonly Column[] {
  const all = [...(BY_KIND[kind] ?? [AGE]), GENERATION, ORIGIN];
  return isWide ? all : all.filter(({ wide: isExtra }) => !isExtra);
}

/** "shop/front.yaml:12:1" */
export function originText({ origin }: ObjectView): string {
  const { source, position } = origin;
  return position ? `${position.file}:${position.line}:${position.column}` : source;
}

function column(title: string, value: (resource: Field) => string): Column {
  return { title, value: ({ resource }) => value(resource as unknown as Field) };
}

function wide(title: string, value: (object: ObjectView) => string): Column {
  return { title, wide: true, value };
}

function condition(type: string): Column {
  return { title: type.toUpperCase(), value: (object) => conditionOver(object, type) };
}

/** Of an object, or over all parents of a route: False if any is, True if all are. */
function conditionOver({ status }: ObjectView, type: string): string {
  const groups: readonly (readonly ConditionView[])[] = status?.parents
    ? status.parents.map(({ conditions }) => conditions)
    : [status?.conditions ?? []];
  const found = groups.map((conditions) => conditions.find((c) => c.type === type)?.status ?? "Unknown");
  if (found.includes("False")) return "False";
  return found.length === 0 || found.includes("Unknown") ? "Unknown" : "True";
}

function listenerText(listener: Field): string {
  return `${text(at(listener, "name"))}:${text(at(listener, "port"))}/${text(at(listener, "protocol"))}`;
}

function servicePortText(port: Field): string {
  return `${text(at(port, "port"))}/${text(at(port, "protocol")) || "TCP"}`;
}

function backendText(backend: Field): string {
  return `${text(at(backend, "name"))}@${text(at(backend, "platform"))}`;
}

/** "vm 90%, k8s 10%" */
function splitText(resource: Field): string {
  const split = list(at(resource, "spec", "split"));
  const total = split.reduce<number>((sum, entry) => sum + Number(at(entry, "weight") ?? 0), 0);
  const percent = (entry: Field) => (total === 0 ? 0 : (Number(at(entry, "weight") ?? 0) / total) * 100);
  return split.map((entry) => `${text(at(entry, "backend"))} ${formatPercent(percent(entry))}`).join(", ");
}

/** "33.3%", "50%" */
export function formatPercent(percent: number): string {
  return `${Number(percent.toFixed(percent < 1 ? 2 : 1))}%`;
}

/** As kubectl does: three, then how many more. */
function abridged(items: readonly string[]): string {
  const more = items.length - 3;
  return more > 0 ? `${items.slice(0, 3).join(",")} + ${more} more...` : items.join(",") || "<none>";
}
