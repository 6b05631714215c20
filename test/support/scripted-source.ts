import assert from "node:assert/strict";
import { ObjectTable } from "../../src/config/object-table.ts";
import type { ConfigSource, SourceUpdate } from "../../src/config/source.ts";
import type { ObjectKey } from "../../src/model/keys.ts";
import { parse } from "../../src/model/parse.ts";
import type { Problem } from "../../src/model/problem.ts";

/** A source that delivers what a test puts into it, when the test says so. Its objects have no place in a file. */
export class ScriptedSource implements ConfigSource {
  readonly #table: ObjectTable;
  readonly #end = Promise.withResolvers<void>();
  #deliver: ((update: SourceUpdate) => void) | undefined;
  #isHeld: boolean;
  problems: readonly Problem[] = [];

  /** @param held nothing is delivered before `release` */
  constructor(name: string, { held = false } = {}) {
    this.#table = new ObjectTable(name);
    this.#isHeld = held;
  }

  get isRunning(): boolean {
    return this.#deliver !== undefined;
  }

  put(key: ObjectKey, yaml: string): void {
    const [read] = parse(yaml, "scripted.yaml").objects;
    assert.ok(read, yaml);
    this.#table.claim(key, { resource: read.resource, position: read.position });
    this.flush();
  }

  remove(key: ObjectKey): void {
    this.#table.withdraw(key, key);
    this.flush();
  }

  release(): void {
    this.#isHeld = false;
    this.flush();
  }

  flush(): void {
    if (!this.#deliver || this.#isHeld) return;
    const { upserts, removals } = this.#table.settle();
    const unplaced = upserts.map(({ resource, origin: { source } }) => ({ resource, origin: { source } }));
    this.#deliver({ upserts: unplaced, removals, problems: this.problems });
  }

  fail(reason: string): void {
    this.#end.reject(new Error(reason));
  }

  async run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void> {
    this.#deliver = onUpdate;
    this.flush();
    signal.addEventListener("abort", () => this.#end.resolve());
    try {
      await this.#end.promise;
    } finally {
      this.#deliver = undefined;
    }
  }
}
