/** A watch that lasts: it goes on where it broke off, and lists anew when that is no longer known (410 Gone). */
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { pause } from "../lib/aborted.ts";
import { type BackoffPolicy, backoffDelay } from "../lib/backoff.ts";
import type { RawObject } from "../model/object-meta.ts";
import { apiVersionOfResource } from "./api-resources.ts";
import type { ApiTransport } from "./api-transport.ts";
import type { ApiAnswer, ApiProblem, ApiResource, ApiStatus, WatchEvent } from "./api-types.ts";
import { refusedProblem, unreachableProblem } from "./client-problem.ts";
import { listAll } from "./object-list.ts";
import { resourcePath, withQuery } from "./resource-path.ts";

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** How often in a row it tries to reach the API before it gives up. */
  readonly tries?: number | undefined;
  readonly random?: (() => number) | undefined;
}

const BACKOFF: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 5_000, jitter: 0.5 };
const TRIES = 8;

/** A watch sends a bookmark each minute: one that is silent for longer has lost its server. Milliseconds. */
const SILENCE_MS = 150_000;

type Change = Extract<WatchEvent, { readonly object: unknown }>;

export async function* watchObjects(
  transport: ApiTransport,
  resource: ApiResource,
  namespace: string,
  options: WatchOptions,
): AsyncGenerator<ApiAnswer<WatchEvent>, void, void> {
  const { signal, tries = TRIES, random = Math.random } = options;
  const known = new Map<string, RawObject>();
  let revision: string | undefined;
  let isSynced = false;
  let failures = 0;
  while (!signal.aborted) {
    let problem: ApiProblem | undefined;
    if (revision === undefined) {
      const list = await listAll(transport, resource, namespace, options);
      if ("problem" in list) problem = list.problem;
      else {
        failures = 0;
        revision = list.value.resourceVersion;
        for (const value of changesTo(known, list.value.items)) yield { value };
        if (!isSynced) yield { value: { type: "SYNCED" } };
        isSynced = true;
      }
    }
    if (revision !== undefined) {
      for await (const step of watchOnce(transport, resource, namespace, revision, options)) {
        if ("problem" in step) problem = step.problem;
        else {
          failures = 0;
          const { type, object } = step.value;
          revision = object.metadata.resourceVersion ?? revision;
          if (type === "BOOKMARK") continue;
          note(known, { type, object });
          yield { value: { type, object } };
        }
      }
    }
    if (signal.aborted) return;
    const code = problem?.status?.code;
    if (code === 410) revision = undefined;
    else if (problem && (isFinal(code) || ++failures >= tries)) {
      yield { problem };
      return;
    } else if (problem) await pause(backoffDelay(BACKOFF, failures, random()), signal);
  }
}

/** Who isn't let in is let in no sooner by asking again; what is wrong with the question stays wrong. */
function isFinal(code: number | undefined): boolean {
  return code !== undefined && code >= 400 && code < 500 && code !== 429;
}

function keyOf({ metadata }: RawObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function note(known: Map<string, RawObject>, { type, object }: Change): void {
  if (type === "DELETED") known.delete(keyOf(object));
  else known.set(keyOf(object), object);
}

/** What became of the objects while nobody watched. An object of the same name with another uid is another object. */
function changesTo(known: Map<string, RawObject>, now: readonly RawObject[]): Change[] {
  const changes: Change[] = [];
  const there = new Map(now.map((object) => [keyOf(object), object]));
  for (const [key, before] of known)
    if (there.get(key)?.metadata.uid !== before.metadata.uid) changes.push({ type: "DELETED", object: before });
  for (const [key, object] of there) {
    const before = known.get(key);
    if (!before || before.metadata.uid !== object.metadata.uid) changes.push({ type: "ADDED", object });
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion)
      changes.push({ type: "MODIFIED", object });
  }
  for (const change of changes) note(known, change);
  return changes;
}

interface RawEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: RawObject;
}

async function* watchOnce(
  transport: ApiTransport,
  resource: ApiResource,
  namespace: string,
  resourceVersion: string,
  { signal, labelSelector, fieldSelector }: WatchOptions,
): AsyncGenerator<ApiAnswer<RawEvent>, void, void> {
  const query = { watch: "1", allowWatchBookmarks: "1", resourceVersion, labelSelector, fieldSelector };
  const path = withQuery(resourcePath(resource, namespace), query);
  const opened = await transport.open({ method: "GET", path, signal });
  if ("problem" in opened) {
    yield opened;
    return;
  }
  const kind = { apiVersion: apiVersionOfResource(resource), kind: resource.kind };
  try {
    for await (const line of linesOf(opened.value)) {
      const event = JSON.parse(line) as RawEvent | { readonly type: "ERROR"; readonly object: ApiStatus };
      if (event.type === "ERROR") yield { problem: refusedProblem(event.object) };
      else yield { value: { ...event, object: { ...kind, ...event.object } } };
    }
  } catch (error) {
    yield { problem: unreachableProblem(error, transport.connection.url) };
  } finally {
    opened.value.destroy();
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void, void> {
  response.socket.setTimeout(SILENCE_MS, () => response.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)));
  // readline ends quietly when its input fails.
  let failed: unknown;
  response.on("error", (error) => {
    failed = error;
  });
  for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  if (failed !== undefined) throw failed;
}
