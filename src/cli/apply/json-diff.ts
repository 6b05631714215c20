/** JSON merge patches (RFC 7386) between values, made as kubectl makes them (apimachinery, jsonmergepatch). */
import { equal } from "../../lib/equal.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** What makes `to` of `from`; null takes a field away. Lists are replaced whole. */
export function mergePatch(from: Fields, to: Fields): Fields {
  const patch: Record<string, unknown> = {};
  for (const [key, after] of Object.entries(to)) {
    const before = from[key];
    if (isFields(before) && isFields(after)) {
      const inner = mergePatch(before, after);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!equal(before, after)) patch[key] = after;
  }
  for (const key of Object.keys(from)) if (to[key] === undefined) patch[key] = null;
  return patch;
}

/**
 * From what was applied last, what is to be and what is: fields that the author took out go, fields that others added stay.
 * An empty patch changes nothing.
 */
export function threeWayPatch(last: Fields, wanted: Fields, live: Fields): Fields {
  const additions = withoutDeletions(mergePatch(live, wanted));
  const deletions = onlyDeletions(mergePatch(last, wanted), live);
  return merged(deletions, additions);
}

function withoutDeletions(patch: Fields): Fields {
  return collect(patch, (value) => {
    if (value === null) return undefined;
    if (!isFields(value) || Object.keys(value).length === 0) return value;
    const inner = withoutDeletions(value);
    return Object.keys(inner).length > 0 ? inner : undefined;
  });
}

/** Of what is there: kubectl sends all of them, which comes to the same and is harder to read. */
function onlyDeletions(patch: Fields, live: Fields): Fields {
  return collect(patch, (value, key) => {
    const there = live[key];
    if (value === null) return there === undefined ? undefined : null;
    if (!isFields(value) || !isFields(there)) return undefined;
    const inner = onlyDeletions(value, there);
    return Object.keys(inner).length > 0 ? inner : undefined;
  });
}

function merged(a: Fields, b: Fields): Fields {
  const all: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = all[key];
    all[key] = isFields(before) && isFields(value) ? merged(before, value) : value;
  }
  return all;
}

/** @param keep undefined leaves a field out */
function collect(patch: Fields, keep: (value: unknown, key: string) => unknown): Fields {
  const kept = Object.entries(patch).map(([key, value]) => [key, keep(value, key)] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
