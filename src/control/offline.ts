/**
 * A directory compiled without running anything: what `landbridge check` and `landbridge compile` look at.
 */
import type { FoundEndpoints } from "../compiler/compile.ts";
import type { Printable } from "../compiler/print.ts";
import type { CompileOptions } from "../compiler/routing/routing.ts";
import { DirectorySource } from "../config/directory/source.ts";
import type { SourceUpdate } from "../config/source.ts";
import { StaticServices } from "../discovery/static/provider.ts";
import type { EndpointQuery } from "../model/endpoints.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { Problem } from "../model/problem.ts";
import { Estate } from "./estate.ts";
import { RUNTIME_LAYERS } from "./runtime-layers.ts";

export const OFFLINE_OPTIONS: CompileOptions = {
  bindAddress: "127.0.0.1",
  accessLog: { kind: "off" },
  runtimeLayers: RUNTIME_LAYERS,
  // Those of the machine that will run it count, not those of this one.
  systemTrust: () => "# the system's certificate authorities\n",
};

export interface OfflineResult {
  /** Of files, objects and how objects fit together, in the order of their places. */
  readonly problems: readonly Problem[];
  readonly objects: readonly AnyResource[];
  readonly compiled: Printable;
}

/**
 * Endpoints of Static platforms are known without looking; those of others stay unknown.
 * @param now epoch milliseconds, for certificates
 */
export async function compileDirectory(directory: string, now: number): Promise<OfflineResult> {
  const update = await readOnce(directory);
  const objects = update.upserts.map(({ resource }) => resource);
  const estate = new Estate(OFFLINE_OPTIONS);
  const { queriesAdded } = estate.applySource(update, now);
  estate.applyEndpoints(staticEndpoints(objects, queriesAdded));
  return { problems: [...estate.problems()].sort(byPlace), objects, compiled: estate.compiled() };
}

/** The answers to those of the queries that are about a Static platform among the objects. */
export function staticEndpoints(
  objects: readonly AnyResource[],
  queries: readonly EndpointQuery[],
): readonly FoundEndpoints[] {
  const platforms = new Map<string, StaticServices>();
  for (const object of objects) {
    if (object.kind === "Platform" && object.spec.type === "Static")
      platforms.set(object.metadata.name, new StaticServices(object));
  }
  return queries.flatMap((query) => {
    const set = platforms.get(query.platform)?.find(query);
    return set ? [{ query, set }] : [];
  });
}

async function readOnce(directory: string): Promise<SourceUpdate> {
  const read = new AbortController();
  let first: SourceUpdate = { upserts: [], removals: [], problems: [] };
  await new DirectorySource(directory).run((update) => {
    first = update;
    read.abort();
  }, read.signal);
  return first;
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.position, b.position];
  if (!left || !right) return Number(!left) - Number(!right);
  return left.file === right.file
    ? left.line - right.line || left.column - right.column
    : left.file < right.file
      ? -1
      : 1;
}
