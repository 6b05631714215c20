/**
 * The roles that are there without anybody writing them, and who has them from the start: plain objects as the API shows
 * them. landbridge:viewer, :operator and :admin are meant for ClusterRoleBindings, landbridge:team for a RoleBinding in the
 * team's namespace.
 */
import { GATEWAY_API_GROUP, LANDBRIDGE_GROUP, RBAC_GROUP } from "../model/kind-definition.ts";
import type { RbacRule } from "./policy.ts";
import { EVERYTHING, MASTERS_GROUP } from "./rbac/access-policy.ts";
import { AUTHENTICATED_GROUP } from "./user.ts";

export interface ReadyMadeObject {
  readonly apiVersion: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

export interface ReadyMadeRole extends ReadyMadeObject {
  readonly kind: "ClusterRole";
  readonly rules: readonly RbacRule[];
}

export interface ReadyMadeBinding extends ReadyMadeObject {
  readonly kind: "ClusterRoleBinding";
  readonly subjects: readonly { readonly kind: "Group"; readonly apiGroup: string; readonly name: string }[];
  readonly roleRef: { readonly apiGroup: string; readonly kind: "ClusterRole"; readonly name: string };
}

const DISCOVERY_GROUP = "discovery.k8s.io";
const READ = ["get", "list", "watch"];
const CHANGE = ["create", "update", "patch", "delete"];
const WRITE = [...CHANGE, "deletecollection"];

/** Pages about the running gateway. Audit, backup and certificates are not among them, so no star. */
const OPERATOR_PATHS = ["info", "kinds", "service", "proxies", "problems", "compile", "trace"]
  .map((page) => `/landbridge/v1/${page}`)
  .flatMap((path) => [path, `${path}/*`]);

const SHARED: readonly RbacRule[] = [
  { apiGroups: [LANDBRIDGE_GROUP], resources: ["hostnames", "platforms", "platforms/namespaces"], verbs: ["use"] },
  { apiGroups: [LANDBRIDGE_GROUP], resources: ["listeners"], verbs: ["attach"] },
  { apiGroups: [GATEWAY_API_GROUP], resources: ["gateways"], verbs: ["attach"] },
];

export const READY_MADE_ROLES: readonly ReadyMadeRole[] = [
  role(
    "viewer",
    "Sees routing, services, platforms and events, and changes nothing. Sees no Secrets, no AccessTokens and no RBAC " +
      "objects, like the role view of Kubernetes: who reads a credential can use it.",
    [
      { apiGroups: [GATEWAY_API_GROUP, DISCOVERY_GROUP], resources: ["*"], verbs: READ },
      { apiGroups: [""], resources: ["namespaces", "services", "services/status", "events"], verbs: READ },
      {
        apiGroups: [LANDBRIDGE_GROUP],
        resources: ["platforms", "platforms/status", "hybridservices", "hybridservices/status"],
        verbs: READ,
      },
    ],
  ),
  role(
    "team",
    "For a RoleBinding in a team's namespace: reads and writes the team's routes, grants, services and Secrets, and may " +
      "use every Platform for them. Hosts and listeners are not part of it: they are given to each team by name. No " +
      "Gateways, Namespaces, Platforms or RBAC objects.",
    [
      { apiGroups: [GATEWAY_API_GROUP], resources: ["httproutes", "referencegrants"], verbs: [...READ, ...WRITE] },
      { apiGroups: [LANDBRIDGE_GROUP], resources: ["hybridservices"], verbs: [...READ, ...WRITE] },
      { apiGroups: [""], resources: ["services", "secrets"], verbs: [...READ, ...WRITE] },
      // An address in a slice may be anybody's: those are for the platform team (CVE-2021-25740).
      { apiGroups: [DISCOVERY_GROUP], resources: ["endpointslices"], verbs: READ },
      {
        apiGroups: [GATEWAY_API_GROUP, LANDBRIDGE_GROUP],
        resources: ["httproutes/status", "hybridservices/status"],
        verbs: ["get"],
      },
      { apiGroups: [""], resources: ["events"], verbs: READ },
      { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
      { apiGroups: [LANDBRIDGE_GROUP], resources: ["platforms"], verbs: ["use"] },
    ],
  ),
  role(
    "operator",
    "Runs the gateway: reads and writes all routing, Gateways, Platforms and Namespaces, sees proxies and problems, and " +
      "may attach any route to any listener and use any host and platform. Writes Secrets without reading them. No RBAC " +
      "objects and no AccessTokens, so an operator can't give rights to anybody; no audit log and no backup.",
    [
      {
        apiGroups: [GATEWAY_API_GROUP],
        resources: ["gatewayclasses", "gateways", "httproutes", "referencegrants"],
        verbs: [...READ, ...WRITE],
      },
      { apiGroups: [DISCOVERY_GROUP], resources: ["endpointslices"], verbs: [...READ, ...WRITE] },
      { apiGroups: [""], resources: ["namespaces", "services"], verbs: [...READ, ...WRITE] },
      { apiGroups: [""], resources: ["events"], verbs: READ },
      { apiGroups: [""], resources: ["secrets"], verbs: CHANGE },
      { apiGroups: [LANDBRIDGE_GROUP], resources: ["platforms", "hybridservices"], verbs: [...READ, ...WRITE] },
      {
        apiGroups: ["", GATEWAY_API_GROUP, LANDBRIDGE_GROUP],
        resources: ["*/status"],
        verbs: ["get"],
      },
      ...SHARED,
      { nonResourceURLs: OPERATOR_PATHS, verbs: ["get", "post"] },
      { nonResourceURLs: ["/metrics"], verbs: ["get"] },
    ],
  ),
  role(
    "admin",
    "May everything: also give rights, make tokens for anybody, read Secrets and the audit log, and take backups.",
    EVERYTHING,
  ),
  role(
    "discovery",
    "What every client needs to find its way: which kinds there are, whether the API is well, what it may itself, and " +
      "what a change of its own would do (a plan judges each object by the rights of the one who asks).",
    [
      {
        nonResourceURLs: [
          ...["/api", "/apis", "/openapi", "/version", "/healthz", "/readyz", "/livez"].flatMap((path) => [
            path,
            `${path}/*`,
          ]),
        ],
        verbs: ["get"],
      },
      {
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        verbs: ["create"],
      },
      { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
      // Not /landbridge/v1/certificates: a certificate outlives the token that it was asked for with, revoked or not.
      { nonResourceURLs: ["/landbridge/v1/plan"], verbs: ["post"] },
    ],
  ),
];

export const READY_MADE_BINDINGS: readonly ReadyMadeBinding[] = [
  binding("admin", MASTERS_GROUP, "Members of the group of the bootstrap credential may everything."),
  binding("discovery", AUTHENTICATED_GROUP, "Everybody who has a credential may ask what there is."),
];

function role(name: string, description: string, rules: readonly RbacRule[]): ReadyMadeRole {
  return { ...envelope(name, description), kind: "ClusterRole", rules };
}

function binding(name: string, group: string, description: string): ReadyMadeBinding {
  return {
    ...envelope(name, description),
    kind: "ClusterRoleBinding",
    subjects: [{ kind: "Group", apiGroup: RBAC_GROUP, name: group }],
    roleRef: { apiGroup: RBAC_GROUP, kind: "ClusterRole", name: `landbridge:${name}` },
  };
}

function envelope(name: string, description: string): ReadyMadeObject {
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    metadata: {
      name: `landbridge:${name}`,
      labels: { "app.kubernetes.io/managed-by": "landbridge", "landbridge.dev/ready-made": "true" },
      annotations: { "kubernetes.io/description": description },
    },
  };
}
