/** The trace of a change: which spans it has, from the times of its stages. */
import { redact } from "../lib/redact.ts";
import type { EndedChange, Stage, StageName } from "./change.ts";

export type Attributes = Readonly<Record<string, string | number | string[]>>;

export interface ChangeSpan {
  readonly name: string;
  /** Milliseconds since 1970, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
}

export interface ChangeTrace extends ChangeSpan {
  /** What went wrong; undefined when nothing did. */
  readonly error: string | undefined;
  readonly children: readonly ChangeSpan[];
}

/** What happens before a stage is reached. The others are moments. */
const WORK: Readonly<Partial<Record<StageName, string>>> = {
  stored: "store",
  compiled: "compile",
  published: "publish",
  acknowledged: "acknowledge",
};

export function traceOf(change: EndedChange): ChangeTrace {
  const { id, source, objects, objectCount, stages, outcome } = change;
  const times = stages.map(({ at }) => at);
  return {
    name: `change ${source}`,
    start: Math.min(...times),
    end: Math.max(...times),
    attributes: safe({
      "landbridge.change.id": id,
      "landbridge.change.source": source,
      "landbridge.change.outcome": outcome,
      "landbridge.change.objects": [...objects],
      "landbridge.change.object_count": objectCount,
    }),
    error: outcome === "live" ? undefined : wordsOf(stages, outcome),
    children: childrenOf(stages),
  };
}

function childrenOf(stages: readonly Stage[]): ChangeSpan[] {
  const children: ChangeSpan[] = [];
  let since = stages[0]?.at ?? 0;
  for (const { name, at, fields } of stages) {
    const work = WORK[name];
    const attributes = Object.fromEntries(Object.entries(fields).map(([key, value]) => [`landbridge.${key}`, value]));
    if (work) children.push({ name: work, start: since, end: at, attributes: safe(attributes) });
    // Every gateway's proxies begin when the change is published.
    if (name !== "acknowledged") since = at;
  }
  return children;
}

function wordsOf(stages: readonly Stage[], outcome: StageName): string {
  const fields = stages.find(({ name }) => name === outcome)?.fields;
  return String(redact(String(fields?.words ?? fields?.reason ?? outcome)));
}

function safe(attributes: Attributes): Attributes {
  return redact(attributes) as Attributes;
}
