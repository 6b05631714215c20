/**
 * The columns of lists, by kind: those that kubectl's users know (Kubernetes' own printers, the Gateway API's CRDs), then
 * ours. The API's tables and the command line's are both made of these.
 */
import { at, type Field, list, text } from "../lib/fields.ts";
import {
  abridged,
  ageOf,
  backendText,
  conditionStatus,
  entryCount,
  eventCount,
  eventSourceText,
  expiryText,
  firstSeen,
  integerOrText,
  involvedObjectText,
  joined,
  lastSeen,
  listenerText,
  mapText,
  NONE,
  servicePortText,
  splitText,
  subjectsText,
} from "./column-values.ts";

/** A column of metav1.Table, and how its cells are made. */
export interface Column {
  /** As in "Cluster-IP"; printed in upper case. */
  readonly name: string;
  readonly type: "string" | "integer";
  /** "name" for the column that says which object a row is. */
  readonly format: "" | "name";
  readonly description: string;
  /** 1: only in wide output. */
  readonly priority: 0 | 1;
  /** The cell of an object with its status, as the API has it. Never throws, whatever the object is. */
  readonly value: (object: Field, now: Date) => string | number;
}

type Value = Column["value"];

const NAME: Column = {
  ...column("Name", "Name of the object, unique in its namespace.", (object) => text(at(object, "metadata", "name"))),
  format: "name",
};
const AGE = column("Age", "Time since the object was made.", (object, now) =>
  ageOf(at(object, "metadata", "creationTimestamp"), now),
);
const ACCEPTED = condition("Accepted", "Whether the object is right and taken into account.");
const PROGRAMMED = condition("Programmed", "Whether every proxy concerned has it.");
const CREATED_AT = column("Created At", "When the object was made.", (object) =>
  text(at(object, "metadata", "creationTimestamp")),
);
const ROLE_BINDING = [
  NAME,
  column("Role", "What is granted.", (o) => `${text(at(o, "roleRef", "kind"))}/${text(at(o, "roleRef", "name"))}`),
  AGE,
  wide(column("Users", "Users that it is granted to.", (o) => subjectsText(o, "User"))),
  wide(column("Groups", "Groups that it is granted to.", (o) => subjectsText(o, "Group"))),
  wide(column("ServiceAccounts", "Service accounts that it is granted to.", (o) => subjectsText(o, "ServiceAccount"))),
];

const BY_KIND: ReadonlyMap<string, readonly Column[]> = new Map<string, readonly Column[]>([
  [
    "GatewayClass",
    [
      NAME,
      column("Controller", "Who serves Gateways of the class.", (o) => text(at(o, "spec", "controllerName"))),
      ACCEPTED,
      AGE,
      wide(column("Description", "What the class is for.", (o) => text(at(o, "spec", "description")))),
    ],
  ],
  [
    "Gateway",
    [
      NAME,
      column("Class", "Its GatewayClass.", (o) => text(at(o, "spec", "gatewayClassName"))),
      column("Address", "Where it answers.", (o) => joined(at(o, "status", "addresses"), (a) => text(at(a, "value")))),
      PROGRAMMED,
      AGE,
      wide(column("Listeners", "Name, port and protocol.", (o) => joined(at(o, "spec", "listeners"), listenerText))),
    ],
  ],
  [
    "HTTPRoute",
    [
      NAME,
      column("Hostnames", "Hosts that it routes.", (o) => joined(at(o, "spec", "hostnames"))),
      ACCEPTED,
      PROGRAMMED,
      AGE,
      wide(
        column("Parents", "What it attaches to.", (o) =>
          joined(at(o, "spec", "parentRefs"), (p) => text(at(p, "name"))),
        ),
      ),
    ],
  ],
  [
    "HybridService",
    [
      NAME,
      integer("Port", "The port of the service.", (o) => integerOrText(at(o, "spec", "port"))),
      column("Protocol", "What the backends speak.", (o) => text(at(o, "spec", "protocol")) || "HTTP"),
      column("Split", "Shares of the traffic.", splitText),
      ACCEPTED,
      PROGRAMMED,
      AGE,
      wide(column("Backends", "Backends and their Platforms.", (o) => joined(at(o, "spec", "backends"), backendText))),
    ],
  ],
  ["Platform", [NAME, column("Type", "How services are found.", (o) => text(at(o, "spec", "type"))), ACCEPTED, AGE]],
  [
    "AccessToken",
    [
      NAME,
      column("User", "Who the bearer is.", (o) => text(at(o, "spec", "user"))),
      column("Groups", "Groups of the bearer.", (o) => joined(at(o, "spec", "groups"))),
      column("Expires", "When it stops working.", (o, now) => expiryText(at(o, "spec", "expirationTimestamp"), now)),
      AGE,
    ],
  ],
  [
    "Namespace",
    [
      NAME,
      column("Status", "Whether it is being deleted.", (o) =>
        at(o, "metadata", "deletionTimestamp") === undefined
          ? text(at(o, "status", "phase")) || "Active"
          : "Terminating",
      ),
      AGE,
    ],
  ],
  [
    "Service",
    [
      NAME,
      column("Type", "How it is exposed.", (o) => text(at(o, "spec", "type")) || "ClusterIP"),
      column("Cluster-IP", "Its address in the cluster.", (o) => text(at(o, "spec", "clusterIP")) || "None"),
      column("External-IP", "Addresses outside of the cluster.", (o) => joined(at(o, "spec", "externalIPs")) || NONE),
      column("Port(s)", "Ports and protocols.", (o) => joined(at(o, "spec", "ports"), servicePortText)),
      AGE,
      wide(column("Selector", "Labels of its workloads.", (o) => mapText(at(o, "spec", "selector")))),
    ],
  ],
  [
    "EndpointSlice",
    [
      NAME,
      column("AddressType", "What the addresses are.", (o) => text(at(o, "addressType"))),
      column("Ports", "Ports of all endpoints.", (o) => joined(at(o, "ports"), (port) => text(at(port, "port")))),
      column("Endpoints", "Addresses of the workloads.", (o) =>
        abridged(list(at(o, "endpoints")).flatMap((endpoint) => list(at(endpoint, "addresses")).map(text))),
      ),
      AGE,
    ],
  ],
  [
    "Secret",
    [
      NAME,
      column("Type", "What it is for.", (o) => text(at(o, "type")) || "Opaque"),
      integer("Data", "How many entries it has.", (o) => entryCount(at(o, "data"))),
      AGE,
    ],
  ],
  ["Role", [NAME, CREATED_AT]],
  ["ClusterRole", [NAME, CREATED_AT]],
  ["RoleBinding", ROLE_BINDING],
  ["ClusterRoleBinding", ROLE_BINDING],
  [
    "Event",
    [
      column("Last Seen", "Time since it happened last.", (o, now) => ageOf(lastSeen(o), now)),
      column("Type", "Normal or Warning.", (o) => text(at(o, "type"))),
      column("Reason", "Why, in one word.", (o) => text(at(o, "reason"))),
      column("Object", "What it is about.", involvedObjectText),
      wide(column("Subobject", "Which part of the object.", (o) => text(at(o, "involvedObject", "fieldPath")))),
      wide(column("Source", "Who reports it.", eventSourceText)),
      column("Message", "What happened.", (o) => text(at(o, "message")).trim()),
      wide(column("First Seen", "Time since it happened first.", (o, now) => ageOf(firstSeen(o), now))),
      wide(column("Count", "How often it happened.", eventCount)),
      wide(NAME),
    ],
  ],
]);

const OTHER_KINDS: readonly Column[] = [NAME, AGE];

/** All columns of a kind, those for wide output included. Every kind has one with format "name". */
export function columnsOf(kind: string): readonly Column[] {
  return BY_KIND.get(kind) ?? OTHER_KINDS;
}

function column(name: string, description: string, value: Value): Column {
  return { name, type: "string", format: "", description, priority: 0, value };
}

function integer(name: string, description: string, value: Value): Column {
  return { ...column(name, description, value), type: "integer" };
}

function wide(of: Column): Column {
  return { ...of, priority: 1 };
}

function condition(type: string, description: string): Column {
  return column(type, description, (object) => conditionStatus(object, type));
}
