/** Lists, whole or in pages that all show the same moment (Kubernetes, "Retrieving large results sets in chunks"). */
import type { Registry } from "../../registry/registry.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import { badRequest, expired, timedOut } from "../status/failures.ts";
import type { Status } from "../status/status.ts";
import { parseRevision } from "./resource-version.ts";

export interface ListQuery {
  readonly kind: string;
  readonly matches: (object: ServedObject) => boolean;
  /** 0: no limit. */
  readonly limit: number;
  readonly continue: string;
  /** "" when the client named none. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** Whether `matches` leaves objects out: then nobody knows how many are left. */
  readonly isSelective: boolean;
}

export interface ListPage {
  readonly objects: readonly ServedObject[];
  readonly revision: number;
  readonly continue?: string;
  readonly remaining?: number;
}

/** Where the next page starts, and as of which revision. */
interface Bookmark {
  readonly revision: number;
  readonly after: string;
}

const FORGOTTEN =
  "The provided continue parameter is too old to display a consistent list result. Start the list again.";

export async function listPage(registry: Registry, query: ListQuery): Promise<ListPage | { readonly failure: Status }> {
  const place = query.continue === "" ? undefined : readToken(query.continue);
  if (query.continue !== "" && !place) return { failure: badRequest("continue key is not valid") };
  if (place && query.resourceVersion !== "" && query.resourceVersion !== "0")
    return { failure: badRequest("specifying resource version is not allowed when using continue") };
  if (place && query.resourceVersionMatch !== "")
    return { failure: badRequest("resourceVersionMatch is forbidden when continue is provided") };
  const revision = place?.revision ?? exactRevision(query);
  if (typeof revision === "string") return { failure: badRequest(revision) };
  const now = await registry.list(query.kind);
  const asked = query.resourceVersion === "" ? 0 : parseRevision(query.resourceVersion);
  if (asked === undefined)
    return {
      failure: badRequest(`resourceVersion: Invalid value: ${JSON.stringify(query.resourceVersion.slice(0, 40))}`),
    };
  if (Math.max(asked, revision ?? 0) > now.revision)
    return {
      failure: timedOut(`Too large resource version: ${Math.max(asked, revision ?? 0)}, current: ${now.revision}`, 1),
    };
  const objects = revision === undefined ? now.objects : registry.listAt(query.kind, revision);
  if (!objects) return { failure: expired(place ? FORGOTTEN : `too old resource version: ${revision}`) };
  return page(objects, revision ?? now.revision, place?.after ?? "", query);
}

function page(
  objects: Iterable<ServedObject>,
  revision: number,
  after: string,
  { matches, limit, isSelective }: ListQuery,
): ListPage {
  const found: ServedObject[] = [];
  let remaining = 0;
  for (const object of objects) {
    if (object.key <= after || !matches(object)) continue;
    if (limit > 0 && found.length === limit) remaining++;
    else found.push(object);
  }
  const last = found.at(-1);
  if (remaining === 0 || !last) return { objects: found, revision };
  const next = writeToken({ revision, after: last.key });
  return { objects: found, revision, continue: next, ...(isSelective ? {} : { remaining }) };
}

/**
 * Undefined for the newest; a text that says what is wrong. A list in pages that names a revision and not how it is meant
 * is of exactly that one (Kubernetes, "Resource Versions", the table of lists).
 */
function exactRevision({ resourceVersion, resourceVersionMatch, limit }: ListQuery): number | string | undefined {
  const isNamed = resourceVersion !== "" && resourceVersion !== "0";
  switch (resourceVersionMatch) {
    case "":
      return isNamed && limit > 0 ? Number(resourceVersion) : undefined;
    case "NotOlderThan":
      return resourceVersion === ""
        ? "resourceVersionMatch is forbidden unless resourceVersion is provided"
        : undefined;
    case "Exact":
      return isNamed
        ? Number(resourceVersion)
        : 'resourceVersionMatch "Exact" is forbidden unless a resourceVersion other than 0 is provided';
    default:
      return `resourceVersionMatch: Unsupported value: ${JSON.stringify(resourceVersionMatch.slice(0, 40))}`;
  }
}

function writeToken({ revision, after }: Bookmark): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start: after })).toString("base64url");
}

function readToken(token: string): Bookmark | undefined {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Number.isSafeInteger(rv) && rv > 0 && typeof start === "string" ? { revision: rv, after: start } : undefined;
  } catch {
    return undefined;
  }
}
