/** A YAML document as plain values, as Kubernetes reads it: fields that are null are absent. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Mistake } from "./mistake.ts";
import { MAX_DEPTH } from "./yaml-documents.ts";

/** How many values the aliases of a document may stand for in all. */
const MAX_ALIASED_VALUES = 10_000;

/** More mistakes of this kind in one document say nothing new. */
const MAX_MISTAKES = 20;

export interface NodeMistake extends Mistake {
  readonly node: Node;
}

export interface YamlValue {
  readonly value: unknown;
  readonly mistakes: readonly NodeMistake[];
}

export function yamlValue(root: Node): YamlValue {
  const reader = new ValueReader();
  const value = reader.read(root, 0);
  return { value, mistakes: reader.mistakes };
}

/** A key as text: numbers and booleans count as what was written. undefined for lists, maps and null. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
}

interface Anchored {
  readonly value: unknown;
  readonly size: number;
}

class ValueReader {
  readonly mistakes: NodeMistake[] = [];
  /** Filled as values end, so that an alias inside of what it names finds nothing. */
  readonly #anchors = new Map<string, Anchored>();
  #size = 0;
  #aliased = 0;

  read(node: unknown, depth: number): unknown {
    const sizeBefore = this.#size;
    this.#size += 1;
    const value = this.#readBare(node, depth);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#size - sizeBefore });
    return value;
  }

  #readBare(node: unknown, depth: number): unknown {
    if (depth > MAX_DEPTH) {
      return this.#refuse(
        node,
        "LB1005",
        `lists and maps are nested more than ${MAX_DEPTH} deep`,
        "Check indentation and brackets.",
      );
    }
    if (isScalar(node)) return this.#scalar(node, node.value);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isMap(node)) return this.#map(node.items, depth);
    if (isAlias(node)) return this.#alias(node, node.source);
    return null;
  }

  #scalar(node: Node, value: unknown): unknown {
    if (typeof value === "bigint") return Number(value);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these can still come from escapes such as "\0"
    if (typeof value === "string" && /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)) {
      return this.#refuse(
        node,
        "LB1006",
        "the text has a control character",
        "Take the escape out; values here are plain text.",
      );
    }
    return value;
  }

  #alias(node: Node, name: string): unknown {
    const anchored = this.#anchors.get(name);
    if (!anchored) {
      const hint = "A value that starts with * needs quotes; an alias has to stand after what it names.";
      return this.#refuse(node, "LB1001", "an alias names an anchor that isn't there", hint);
    }
    const wasTooMuch = this.#aliased > MAX_ALIASED_VALUES;
    this.#aliased += anchored.size;
    this.#size += anchored.size;
    if (wasTooMuch) return null;
    if (this.#aliased > MAX_ALIASED_VALUES) {
      return this.#refuse(
        node,
        "LB1004",
        `aliases stand for more than ${MAX_ALIASED_VALUES} values`,
        "Write the parts out.",
      );
    }
    return anchored.value;
  }

  #map(pairs: readonly Pair[], depth: number): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const pair of pairs) {
      const key = this.#key(pair.key, seen);
      if (key === undefined) continue;
      const value = this.read(pair.value, depth + 1);
      if (value !== null && value !== undefined) entries[key] = value;
    }
    return entries;
  }

  /** undefined, with a mistake, for keys that no object has. */
  #key(node: unknown, seen: Set<string>): string | undefined {
    const key = keyText(node);
    if (key === undefined) {
      this.#refuse(node, "LB1007", "a key has to be text", "Is a colon or a hyphen at the wrong place?");
      return undefined;
    }
    if (key === "__proto__") {
      this.#refuse(node, "LB1007", "no object has the key __proto__", "Take it out.");
      return undefined;
    }
    if (key === "<<") {
      this.#refuse(node, "LB1013", "merge keys (<<) aren't part of YAML 1.2", "Write the merged fields out.");
      return undefined;
    }
    if (seen.has(key)) {
      this.#refuse(
        node,
        "LB1003",
        `the key ${JSON.stringify(key.slice(0, 60))} is there twice`,
        "Take one of the two out.",
      );
      return undefined;
    }
    seen.add(key);
    return key;
  }

  #refuse(node: unknown, code: Mistake["code"], message: string, hint: string): null {
    if (this.mistakes.length < MAX_MISTAKES) this.mistakes.push({ code, message, hint, node: node as Node });
    return null;
  }
}
