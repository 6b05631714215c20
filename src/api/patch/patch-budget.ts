/** Bounds on what a patch may make, since a short one can ask for very much. */
import { isRecord, setField } from "./json-value.ts";
import { refuse } from "./patch-refusal.ts";

/** Bytes of JSON, about, that all copies of one patch may have: as many as in Kubernetes. */
const MAX_COPIED = 3 * 1024 * 1024;

/** Entries that may be moved along in lists; some tens of milliseconds. */
const MAX_SHIFTED = 20_000_000;

/** As in bodies. */
const MAX_DEPTH = 200;

export class PatchBudget {
  #copied = 0;
  #shifted = 0;

  /** A deep copy, paid for. */
  copy(value: unknown): unknown {
    return this.#copy(value, 0);
  }

  /** Says that an operation moves this many entries of a list. */
  shift(entries: number): void {
    this.#shifted += entries;
    if (this.#shifted > MAX_SHIFTED) {
      refuse("RequestEntityTooLarge", "the patch inserts and removes too much in long lists");
    }
  }

  #copy(value: unknown, depth: number): unknown {
    this.#copied += typeof value === "string" ? value.length + 2 : 8;
    if (this.#copied > MAX_COPIED) refuse("RequestEntityTooLarge", `the patch copies more than ${MAX_COPIED} bytes`);
    if (depth > MAX_DEPTH) refuseDepth();
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, depth + 1));
    if (!isRecord(value)) return value;
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      this.#copied += name.length + 3;
      setField(copy, name, this.#copy(value[name], depth + 1));
    }
    return copy;
  }
}

/** Looks at what the patch made, level by level: a value may be too deep for anything that calls itself. */
export function checkDepth(root: unknown): void {
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) refuseDepth();
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const child of Object.values(value)) if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
}

function refuseDepth(): never {
  return refuse("Invalid", `the patch nests values more than ${MAX_DEPTH} deep`);
}
