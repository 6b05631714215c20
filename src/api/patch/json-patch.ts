/**
 * JSON Patch (RFC 6902). Two things are as Kubernetes has them, and looser than the RFC: `replace` may name a field that
 * isn't there yet, and `test` for null passes when the field isn't there.
 */
import { equal } from "../../lib/equal.ts";
import { type Operation, readOperations } from "./json-patch-operations.ts";
import { parseIndex } from "./json-pointer.ts";
import { isRecord, type JsonRecord, ownField, setField } from "./json-value.ts";
import { checkDepth, PatchBudget } from "./patch-budget.ts";
import { attempt, type Patched, refuse } from "./patch-refusal.ts";

/** All operations or none: the target stays as it is, and the value is a new one. */
export function applyJsonPatch(target: unknown, patch: unknown): Patched {
  return attempt(() => {
    const run = new PatchRun(target);
    for (const operation of readOperations(patch)) run.apply(operation);
    checkDepth(run.document);
    return run.document;
  });
}

class PatchRun {
  document: unknown;
  readonly #budget = new PatchBudget();

  constructor(target: unknown) {
    this.document = structuredClone(target);
  }

  apply(operation: Operation): void {
    const { op, path } = operation;
    switch (op) {
      case "add":
        this.#add(path, structuredClone(operation.value));
        break;
      case "replace":
        this.#replace(path, structuredClone(operation.value));
        break;
      case "remove":
        this.#remove(path);
        break;
      case "move":
        this.#move(operation.from, path);
        break;
      case "copy":
        this.#add(path, this.#budget.copy(this.#read(operation.from)));
        break;
      case "test":
        this.#test(path, operation.value);
    }
  }

  #add(path: readonly string[], value: unknown): void {
    const place = this.#placeOf(path);
    if (!place) this.document = value;
    else if (isRecord(place.parent)) setField(place.parent, place.token, value);
    else {
      const { parent, token } = place;
      const index = token === "-" ? parent.length : indexIn(token, parent.length + 1, path);
      this.#budget.shift(parent.length - index);
      parent.splice(index, 0, value);
    }
  }

  #replace(path: readonly string[], value: unknown): void {
    const place = this.#placeOf(path);
    if (!place) this.document = value;
    else if (isRecord(place.parent)) setField(place.parent, place.token, value);
    else place.parent[indexIn(place.token, place.parent.length, path)] = value;
  }

  #remove(path: readonly string[]): unknown {
    const place = this.#placeOf(path);
    if (!place) return refuse("Invalid", "a JSON Patch can't remove the whole object");
    const { parent, token } = place;
    if (!isRecord(parent)) {
      const index = indexIn(token, parent.length, path);
      this.#budget.shift(parent.length - index);
      return parent.splice(index, 1)[0];
    }
    if (!Object.hasOwn(parent, token)) return missing(path);
    const value = parent[token];
    delete parent[token];
    return value;
  }

  #move(from: readonly string[], path: readonly string[]): void {
    const isInside = path.length > from.length && from.every((token, depth) => path[depth] === token);
    if (isInside) refuse("Invalid", `a JSON Patch can't move ${pointerText(from)} into itself`);
    this.#add(path, this.#remove(from));
  }

  #test(path: readonly string[], expected: unknown): void {
    const place = this.#placeOf(path);
    const isAbsent = place && isRecord(place.parent) && !Object.hasOwn(place.parent, place.token);
    const actual = isAbsent ? null : this.#read(path);
    // What is there isn't told: who may patch an object may not always read it.
    if (!equal(actual, expected)) refuse("Invalid", `the test of ${pointerText(path)} failed: it has another value`);
  }

  #read(path: readonly string[]): unknown {
    const place = this.#placeOf(path);
    if (!place) return this.document;
    const { parent, token } = place;
    if (!isRecord(parent)) return parent[indexIn(token, parent.length, path)];
    return Object.hasOwn(parent, token) ? parent[token] : missing(path);
  }

  /** The list or record that holds the last part of a path; undefined for the whole document. */
  #placeOf(path: readonly string[]): { readonly parent: JsonRecord | unknown[]; readonly token: string } | undefined {
    const token = path.at(-1);
    if (token === undefined) return undefined;
    let parent = this.document;
    for (const step of path.slice(0, -1)) {
      if (Array.isArray(parent)) parent = parent[indexIn(step, parent.length, path)];
      else parent = isRecord(parent) ? ownField(parent, step) : undefined;
    }
    return isRecord(parent) || Array.isArray(parent) ? { parent, token } : missing(path);
  }
}

function indexIn(token: string, length: number, path: readonly string[]): number {
  const index = parseIndex(token);
  return index !== undefined && index < length ? index : missing(path);
}

function missing(path: readonly string[]): never {
  return refuse("Invalid", `the JSON Patch doesn't fit the object: there is no ${pointerText(path)}`);
}

function pointerText(path: readonly string[]): string {
  const text = path.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 197)}...` : text);
}
