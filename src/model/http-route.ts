import * as z from "zod";
import { durationField } from "./duration.ts";
import { hostnameField } from "./hostname.ts";
import { type HttpRouteFilter, httpRouteFilter } from "./http-route-filter.ts";
import { DEFAULT_PATH, httpRouteMatch } from "./http-route-match.ts";
import { checkHttpRoute } from "./http-route-rules.ts";
import { defineKind, GATEWAY_API_GROUP, type Resource } from "./kind-definition.ts";
import { sectionNameField } from "./object-name.ts";
import { parentReference, weightedBackendFields } from "./references.ts";

const filters = (description: string) => z.array(httpRouteFilter).max(16).default([]).describe(description);

const backendRef = z.strictObject({
  ...weightedBackendFields,
  filters: filters("Filters for the share of this backend, run after those of the rule."),
});

const timeouts = z.strictObject({
  request: durationField().optional().describe("For the whole request, all tries together; 0s: no limit."),
  backendRequest: durationField().optional().describe("For one try; 0s: no limit."),
});

const retry = z.strictObject({
  codes: z
    .array(z.int().min(400).max(599))
    .default([])
    .describe("Statuses to try again on, next to connection failures."),
  attempts: z.int().min(1).optional().describe("How many times to try again."),
  backoff: durationField().optional().describe("How long to wait before a further try, at least."),
});

const sessionPersistence = z.strictObject({
  sessionName: z.string().max(128).optional().describe("Name of the cookie or header."),
  absoluteTimeout: durationField().optional().describe("When a session ends, whatever happens."),
  type: z.enum(["Cookie", "Header"]).default("Cookie").describe("What carries the session."),
  cookieConfig: z
    .strictObject({
      lifetimeType: z
        .enum(["Permanent", "Session"])
        .default("Session")
        .describe("Session: until the browser closes. Permanent: until absoluteTimeout."),
    })
    .optional()
    .describe("Settings of the cookie."),
});

const DEFAULT_MATCH = { path: DEFAULT_PATH, headers: [], queryParams: [] };
const DEFAULT_RULE = { matches: [DEFAULT_MATCH], filters: [], backendRefs: [] };

const rule = z.strictObject({
  name: sectionNameField().optional().describe("Name of the rule, unique in the route."),
  matches: z
    .array(httpRouteMatch)
    .max(64)
    .default([DEFAULT_MATCH])
    .describe("What the rule applies to: requests that fit any of these; absent: all."),
  filters: filters("What happens to requests and responses of the rule."),
  backendRefs: z
    .array(backendRef)
    .max(16)
    .default([])
    .describe("Where requests go; without any, they get 500 (or what a filter answers)."),
  timeouts: timeouts.optional().describe("How long requests may take."),
  retry: retry.optional().describe("When a request is tried again."),
  sessionPersistence: sessionPersistence.optional().describe("Keeps a client with one workload."),
});

const schema = z.strictObject({
  spec: z
    .strictObject({
      parentRefs: z.array(parentReference).max(32).default([]).describe("Gateways that the route attaches to."),
      useDefaultGateways: z.enum(["All", "None"]).optional().describe("All: attach to the default gateways too."),
      hostnames: z
        .array(hostnameField())
        .max(16)
        .default([])
        .describe('Hosts that it serves: exact, or "*.example.com"; empty: all of the listener.'),
      rules: z
        .array(rule)
        .min(1)
        .max(16)
        .default([DEFAULT_RULE])
        .describe("Rules; the most specific match decides, not the order."),
    })
    .describe("What the route does."),
});

export const httpRouteKind = defineKind({
  kind: "HTTPRoute",
  plural: "httproutes",
  singular: "httproute",
  shortNames: [],
  categories: ["gateway-api"],
  group: GATEWAY_API_GROUP,
  versions: ["v1", "v1beta1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "Which HTTP requests go to which backends, and what happens to them on the way.",
  schema,
  complete: ({ spec }) => ({
    spec: {
      ...spec,
      // An empty list of matches is the same as none: the API drops empty lists when it stores an object.
      rules: spec.rules.map((entry) => (entry.matches.length > 0 ? entry : { ...entry, matches: [DEFAULT_MATCH] })),
    },
  }),
  check: (route) => checkHttpRoute(route.spec),
});

export type HttpRoute = Resource<"HTTPRoute", z.output<typeof schema>>;
export type HttpRouteSpec = HttpRoute["spec"];
export type HttpRouteRule = HttpRouteSpec["rules"][number];
export type HttpRouteMatch = HttpRouteRule["matches"][number];
export type HttpBackendRef = HttpRouteRule["backendRefs"][number];
export type { HttpRouteFilter };
