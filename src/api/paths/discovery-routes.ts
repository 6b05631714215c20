import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from "../discovery/documents.ts";
import { openApiV3Bytes, openApiV3Index } from "../openapi/openapi.ts";
import { openApiV2 } from "../openapi/openapi-v2.ts";
import type { PathAnswer, PathCall, PathRoutes } from "./path-route.ts";

const AGGREGATED = /application\/json;[^,]*\bg=apidiscovery\.k8s\.io\b[^,]*/;

const PATHS = ["/api", "/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"];

/** What kubectl reads to learn what there is. Everybody who is known may. */
export function discoveryRoutes(version: unknown): PathRoutes {
  return new Map([
    ["get /version", () => json(version)],
    ["get /", () => json({ paths: PATHS })],
    ["get /api", (call: PathCall) => aggregated(call, "api") ?? json(coreVersions())],
    ["get /api/v1", () => json(resourceList({ group: "", version: "v1" }))],
    ["get /apis", (call: PathCall) => aggregated(call, "apis") ?? json(groupList())],
    ["get /apis/", groupAnswer],
    ["get /openapi/v2", ({ accept }: PathCall) => openApiV2Document(accept)],
    ["get /openapi/v3", () => json(openApiV3Index())],
    ["get /openapi/v3/", ({ path }: PathCall) => openApiDocument(path.slice("/openapi/v3/".length))],
  ]);
}

function openApiV2Document(accept: string): PathAnswer {
  const { type, bytes } = openApiV2(accept);
  return { kind: "text", type, text: bytes };
}

function openApiDocument(path: string): PathAnswer | undefined {
  const document = openApiV3Bytes(path);
  return document && { kind: "text", type: "application/json", text: document.json };
}

function groupAnswer({ path }: PathCall): PathAnswer | undefined {
  const [, , group = "", version, ...rest] = path.split("/");
  if (rest.length > 0) return undefined;
  return json(version === undefined ? groupDocument(group) : resourceList({ group, version }));
}

/** Both roots as one document, for clients that ask for it. */
function aggregated({ accept }: PathCall, root: "api" | "apis"): PathAnswer | undefined {
  const wanted = AGGREGATED.exec(accept)?.[0];
  if (!wanted?.includes("as=APIGroupDiscoveryList")) return undefined;
  const version = wanted.includes("v=v2beta1") ? "v2beta1" : "v2";
  const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return { kind: "text", type, text: JSON.stringify(aggregatedDiscovery(root, version)) };
}

function json(value: unknown): PathAnswer | undefined {
  return value === undefined ? undefined : { kind: "json", value };
}
