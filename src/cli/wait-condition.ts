/** What `wait --for` may say, as kubectl's. */
import { InvalidArgumentError } from "commander";
import { at, type Field, list, text } from "../lib/fields.ts";
import type { RawObject } from "../model/object-meta.ts";
import { parseTemplate, renderTemplate } from "./json-path.ts";

export interface WaitCondition {
  /** undefined: the object isn't there. */
  readonly isMet: (object: RawObject | undefined) => boolean;
  /** Whether it makes sense to wait for an object that isn't there. */
  readonly mayBeMissing: boolean;
  /** What is said of an object that is as wanted. */
  readonly said: string;
}

export function parseWaitCondition(words: string): WaitCondition {
  if (words === "delete") return { isMet: (object) => object === undefined, mayBeMissing: true, said: "deleted" };
  if (words === "create") return { isMet: (object) => object !== undefined, mayBeMissing: true, said: "created" };
  const [, type, status = "True"] = /^condition=([^=]+)(?:=([^=]+))?$/.exec(words) ?? [];
  if (type !== undefined) return met((object) => hasCondition(object, type, status));
  const [, path, value] = /^jsonpath=(\{[\s\S]*\}|[^=]+)(?:=([\s\S]*))?$/.exec(words) ?? [];
  if (path === undefined)
    throw new InvalidArgumentError(
      "Give condition=TYPE, condition=TYPE=STATUS, delete, create or jsonpath='{…}'=value.",
    );
  const parsed = parseTemplate(path);
  if ("mistake" in parsed) throw new InvalidArgumentError(`The path isn't understood: ${parsed.mistake}.`);
  return met((object) => {
    const found = renderTemplate(parsed.template, object);
    return value === undefined ? found !== "" : found === value;
  });
}

function met(isMet: (object: RawObject) => boolean): WaitCondition {
  return { isMet: (object) => object !== undefined && isMet(object), mayBeMissing: false, said: "condition met" };
}

/**
 * Of a route, with all of its parents. A condition about an earlier generation says nothing of this one.
 *
 * @param type in any case, as kubectl takes it
 */
function hasCondition(object: RawObject, type: string, status: string): boolean {
  const parents = at(object, "status", "parents");
  const places: readonly Field[] = parents === undefined ? [at(object, "status")] : list(parents);
  const { generation = 0 } = object.metadata;
  const isMet = (place: Field) => {
    const condition = list(at(place, "conditions")).find((each) => same(text(at(each, "type")), type));
    const observed = at(condition, "observedGeneration");
    return same(text(at(condition, "status")), status) && !(typeof observed === "number" && observed < generation);
  };
  return places.length > 0 && places.every(isMet);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
