/** An estate as users write it: YAML, one text a file. */

export interface HostFile {
  readonly hostname: string;
  readonly namespace: string;
  /** Of the route; its service has the same name unless `service` says another, which then is in another file. */
  readonly name: string;
  /** Path prefixes that are routed; the rest of the host is 404. */
  readonly paths: readonly string[];
  readonly service?: string;
}

export interface Backend {
  readonly name: string;
  readonly platform: string;
  readonly service: string;
  readonly weight: number;
}

export interface ServiceObject {
  readonly namespace: string;
  readonly name: string;
  readonly backends: readonly Backend[];
  readonly stickiness?: readonly object[];
}

export function gatewayText(port: number): string {
  return documents(
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: "landbridge" },
      spec: { controllerName: "landbridge.dev/gateway-controller" },
    },
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name: "edge", namespace: "infra" },
      spec: {
        gatewayClassName: "landbridge",
        listeners: [{ name: "http", protocol: "HTTP", port, allowedRoutes: { namespaces: { from: "All" } } }],
      },
    },
  );
}

export function routeText({ hostname, namespace, name, paths, service = name }: HostFile): string {
  return documents({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra" }],
      hostnames: [hostname],
      rules: paths.map((value) => ({
        matches: [{ path: { type: "PathPrefix", value } }],
        backendRefs: [{ group: "landbridge.dev", kind: "HybridService", name: service }],
      })),
    },
  });
}

export function serviceText({ namespace, name, backends, stickiness }: ServiceObject): string {
  return documents({
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name, namespace },
    spec: {
      port: 80,
      backends: backends.map(({ weight: _, ...backend }) => backend),
      split: backends.map(({ name: backend, weight }) => ({ backend, weight })),
      ...(stickiness && { stickiness }),
    },
  });
}

/** @param endpoints of each service: "10.1.0.4:8010" */
export function platformText(name: string, endpoints: ReadonlyMap<string, readonly string[]>): string {
  const services = Array.from(endpoints, ([service, addresses]) => ({ name: service, endpoints: addresses }));
  return documents({
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "Platform",
    metadata: { name },
    spec: { type: "Static", static: { services } },
  });
}

function documents(...values: readonly object[]): string {
  return values.map((value) => `---\n${block(value, "")}`).join("");
}

/** Plain block style, as people write it. */
function block(value: object, indent: string): string {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${inline(item, `${indent}  `)}`).join("");
  return Object.entries(value)
    .map(([key, item]) => `${indent}${key}:${after(item, indent)}`)
    .join("");
}

function after(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null || isEmpty(value)) return ` ${scalar(value)}\n`;
  return `\n${block(value, `${indent}  `)}`;
}

/** What follows a dash: the first line of a map stands on the dash's own line. */
function inline(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null || isEmpty(value)) return `${scalar(value)}\n`;
  return block(value, indent).slice(indent.length);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

const PLAIN = /^[A-Za-z/][A-Za-z0-9./_-]*$/;

function scalar(value: unknown): string {
  return typeof value === "string" && PLAIN.test(value) ? value : JSON.stringify(value);
}
