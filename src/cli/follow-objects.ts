/** Follows some objects by watching them, until each is as somebody wants it. */
import type { ApiClient } from "../client/api-client.ts";
import type { ApiProblem, ApiResource } from "../client/api-types.ts";
import type { RawObject } from "../model/object-meta.ts";

export interface Followed {
  readonly resource: ApiResource;
  /** "" for kinds without. */
  readonly namespace: string;
  readonly name: string;
}

/** "doubtful" becomes done when it stays: a status may be of a moment before all was there. */
export type Verdict = "done" | "open" | "doubtful";

/** How long a doubtful state has to stay. Milliseconds. */
const DOUBT_MS = 1_000;

/**
 * @param judge is asked for each object once at least, and whenever it changes; undefined: it isn't there
 * @returns why it could not be followed any further; undefined when all are done, or `signal` has aborted
 */
export async function followObjects<F extends Followed>(
  api: ApiClient,
  objects: readonly F[],
  judge: (followed: F, object: RawObject | undefined) => Verdict,
  signal: AbortSignal,
): Promise<ApiProblem | undefined> {
  const groups = Map.groupBy(
    objects,
    ({ resource, namespace }) => `${resource.group}/${resource.resource}/${namespace}`,
  );
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const problems = await Promise.all(
    [...groups.values()].map(async (group) => {
      const problem = await followGroup(api, group, judge, both);
      if (problem) failed.abort();
      return problem;
    }),
  );
  return problems.find((problem) => problem !== undefined);
}

/** Objects of one kind in one namespace: one watch. */
async function followGroup<F extends Followed>(
  api: ApiClient,
  group: readonly F[],
  judge: (followed: F, object: RawObject | undefined) => Verdict,
  signal: AbortSignal,
): Promise<ApiProblem | undefined> {
  const [first, ...others] = group;
  if (!first) return undefined;
  const done = new AbortController();
  const open = new Map(group.map((followed) => [followed.name, followed]));
  const doubts = new Map<string, NodeJS.Timeout>();
  const seen = new Set<string>();
  const finish = (name: string) => {
    open.delete(name);
    if (open.size === 0) done.abort();
  };
  const tell = (name: string, object: RawObject | undefined) => {
    const followed = open.get(name);
    if (!followed) return;
    const verdict = judge(followed, object);
    if (verdict === "done") finish(name);
    if (verdict === "doubtful") {
      if (!doubts.has(name)) doubts.set(name, setTimeout(finish, DOUBT_MS, name));
    } else {
      clearTimeout(doubts.get(name));
      doubts.delete(name);
    }
  };
  const fieldSelector = others.length === 0 ? `metadata.name=${first.name}` : undefined;
  const watch = api.watch(first.resource, first.namespace, {
    signal: AbortSignal.any([signal, done.signal]),
    fieldSelector,
  });
  try {
    for await (const event of watch) {
      if ("problem" in event) return event.problem;
      if (event.value.type === "SYNCED") {
        for (const name of [...open.keys()]) if (!seen.has(name)) tell(name, undefined);
      } else {
        const { type, object } = event.value;
        seen.add(object.metadata.name);
        tell(object.metadata.name, type === "DELETED" ? undefined : object);
      }
    }
    return undefined;
  } finally {
    for (const timer of doubts.values()) clearTimeout(timer);
  }
}
