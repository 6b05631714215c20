import * as z from "zod";
import { COMPILE_STAGES, type KindView } from "../../client/local-types.ts";
import { KINDS } from "../../model/kinds.ts";
import type { ControlView } from "./control-view.ts";

/** What a request carries: its query, and for POST its body. Parsed by each route. */
export interface RouteInput {
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

type Route = (view: ControlView, input: RouteInput) => unknown;

const objectFilter = z.object({
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string().optional(),
});
const oneObject = z.object({ key: z.string() });
const compileQuery = z.object({ stage: z.enum(COMPILE_STAGES), object: z.string().optional() });
const traceQuery = z.object({
  method: z.string(),
  scheme: z.enum(["http", "https"]),
  hostname: z.string(),
  port: z.number(),
  path: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});
const watchQuery = objectFilter.extend({ topics: z.string() });
const watchTopics = z.array(z.enum(["objects", "proxies", "problems"])).min(1);

/** Everything but the watch. Values that are undefined become JSON null. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /v1/info": (view) => view.info(),
  "GET /v1/kinds": (): KindView[] => KINDS.map(kindView),
  "GET /v1/objects": (view, { query }) => view.objects(objectFilter.parse(query)),
  "GET /v1/service": (view, { query }) => view.service(oneObject.parse(query).key),
  "GET /v1/proxies": (view) => view.proxies(),
  "GET /v1/problems": (view) => view.problems(),
  "GET /v1/compile": (view, { query }) => {
    const { stage, object } = compileQuery.parse(query);
    return view.compile(stage, { object });
  },
  "POST /v1/trace": (view, { body }) => view.trace(traceQuery.parse(body)),
};

export const WATCH_ROUTE = "GET /v1/watch";

export function parseWatch({ query }: RouteInput) {
  const { topics, ...filter } = watchQuery.parse(query);
  return { topics: watchTopics.parse(topics.split(",")), filter };
}

function kindView({ kind, plural, singular, shortNames, group, namespaced }: KindView): KindView {
  return { kind, plural, singular, shortNames, group, namespaced };
}
