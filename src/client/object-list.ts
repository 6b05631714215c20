/** Lists in pages that all show the same moment (Kubernetes, "Retrieving large results sets in chunks"). */
import type { RawObject } from "../model/object-meta.ts";
import { apiVersionOfResource } from "./api-resources.ts";
import type { ApiTransport } from "./api-transport.ts";
import type { ApiAnswer, ApiList, ApiResource, ApiTable } from "./api-types.ts";
import { resourcePath, withQuery } from "./resource-path.ts";

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects a page; kubectl's 500 unless given, 0 for all at once. */
  readonly pageSize?: number | undefined;
}

const PAGE_SIZE = 500;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

interface ListBody {
  readonly metadata?: ListMeta;
  readonly items?: readonly RawObject[] | null;
}

export async function* listPages(
  transport: ApiTransport,
  resource: ApiResource,
  namespace: string,
  options: ListOptions,
): AsyncGenerator<ApiAnswer<ApiList>, void, void> {
  for await (const answer of pages<ListBody>(transport, resourcePath(resource, namespace), options)) {
    if ("problem" in answer) yield answer;
    else {
      const { items, metadata = {} } = answer.value;
      const { resourceVersion = "", remainingItemCount } = metadata;
      // Objects in a list may come without what the list says once.
      const kind = { apiVersion: apiVersionOfResource(resource), kind: resource.kind };
      yield {
        value: {
          items: (items ?? []).map((item) => ({ ...kind, ...item })),
          resourceVersion,
          remaining: remainingItemCount,
        },
      };
    }
  }
}

/** The whole list. When its pages have expired before the last was read, it is read again in one piece. */
export async function listAll(
  transport: ApiTransport,
  resource: ApiResource,
  namespace: string,
  options: ListOptions,
): Promise<ApiAnswer<ApiList>> {
  const items: RawObject[] = [];
  let resourceVersion = "";
  for await (const page of listPages(transport, resource, namespace, options)) {
    if ("problem" in page) {
      const isExpired = page.problem.status?.code === 410 && options.pageSize !== 0;
      return isExpired ? listAll(transport, resource, namespace, { ...options, pageSize: 0 }) : page;
    }
    items.push(...page.value.items);
    resourceVersion = page.value.resourceVersion;
  }
  return { value: { items, resourceVersion } };
}

export async function* tablePages(
  transport: ApiTransport,
  resource: ApiResource,
  namespace: string,
  { name, ...options }: ListOptions & { readonly name?: string },
): AsyncGenerator<ApiAnswer<ApiTable>, void, void> {
  const path = resourcePath(resource, namespace, name);
  if (name !== undefined) yield await transport.json<ApiTable>({ method: "GET", path, accept: TABLE });
  else yield* pages<ApiTable>(transport, path, options, TABLE);
}

async function* pages<Body extends { readonly metadata?: ListMeta }>(
  transport: ApiTransport,
  path: string,
  { labelSelector, fieldSelector, pageSize = PAGE_SIZE }: ListOptions,
  accept?: string,
): AsyncGenerator<ApiAnswer<Body>, void, void> {
  const limit = pageSize > 0 ? String(pageSize) : undefined;
  let next: string | undefined;
  do {
    const query = { labelSelector, fieldSelector, limit, continue: next };
    const answer = await transport.json<Body>({ method: "GET", path: withQuery(path, query), accept });
    yield answer;
    if ("problem" in answer) return;
    next = answer.value.metadata?.continue;
  } while (next);
}
