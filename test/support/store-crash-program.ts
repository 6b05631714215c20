/**
 * A program that is killed by the crash tests: it works with a store as fast as it can, and prints each thing that was
 * acknowledged, one a line, before it goes on.
 *
 *     node store-crash-program.ts <act> <path of the store>
 */
import { writeSync } from "node:fs";
import { restoreStore } from "../../src/storage/sqlite/restore.ts";
import type { Store } from "../../src/storage/store.ts";
import { CRASH_STORES } from "./store-crash-stores.ts";

const WRITERS = 8;

/** At once and whole: what is killed afterwards can't take it back. */
function print(...words: (string | number)[]): void {
  writeSync(1, `${words.join(" ")}\n`);
}

async function write(path: string): Promise<void> {
  const store = await CRASH_STORES.open(path, { keepChanges: 200 });
  print("ready", store.revision);
  const writer = async (writer: number) => {
    for (let n = 1; ; n += 1) {
      const key = `/${writer}/${n % 20}`;
      const value = `${store.revision} ${process.pid} ${n}`;
      const outcome = await store.write(
        [
          { key, value: Buffer.from(value) },
          { key: `/twin${key}`, value: Buffer.from(value) },
        ],
        { key, value },
      );
      if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
      print("written", outcome.changes[0]?.revision ?? 0, outcome.changes.length, key, value);
      if (n % 3 === 0) print("advanced", await store.advance(2), 2);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
}

async function compact(path: string): Promise<void> {
  const store = await CRASH_STORES.open(path);
  print("ready", store.revision);
  for (;;) {
    const changes = Array.from({ length: 300 }, (_, i) => ({ key: `/${i}`, value: Buffer.from("x".repeat(500)) }));
    const outcome = await store.write(changes);
    if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
    const upTo = outcome.changes[149]?.revision ?? 0;
    print("compacting", upTo);
    await store.compact(upTo);
    print("compacted", upTo);
  }
}

async function migrate(path: string): Promise<void> {
  print("ready");
  const store = await CRASH_STORES.open(path, { migrations: CRASH_STORES.steps });
  print("migrated");
  await store.close();
}

async function backUp(path: string): Promise<void> {
  const store = await CRASH_STORES.open(path);
  print("ready");
  void keepWriting(store);
  for (let number = 0; ; number += 1) {
    const name = `${path}.backup-${process.pid}-${number}`;
    const problem = await store.backup(name);
    if (problem) throw new Error(problem.message);
    print("backup", name);
  }
}

async function keepWriting(store: Store): Promise<void> {
  for (let n = 0; ; n += 1) await store.write([{ key: "/busy", value: Buffer.from(`${n}`) }]);
}

function restore(path: string): void {
  print("ready");
  for (;;) {
    const problem = restoreStore(`${path}.backup`, path);
    if (problem) throw new Error(problem.message);
    print("restored");
  }
}

const ACTS: Readonly<Record<string, (path: string) => unknown>> = { write, compact, migrate, backUp, restore };

const [act = "", path = ""] = process.argv.slice(2);
await ACTS[act]?.(path);
