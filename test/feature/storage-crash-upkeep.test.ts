/** Killed amid a migration, a backup, a restore or a compaction, a store is whole: as before, or as after. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { randomNumbers } from "../../bench/random.ts";
import { type CrashAct, crash, timeOf } from "../support/store-crash.ts";
import { CRASH_STORES } from "../support/store-crash-stores.ts";
import { StoreDirectory } from "../support/store-directory.ts";
import { textOf, untilClosed } from "../support/store-writes.ts";

const KILLS = 8;
const OBJECTS = 5000;

/** A store with so much in it that nothing is done with it in a moment. */
async function fill(directory: StoreDirectory, mark: string): Promise<void> {
  const store = await directory.open();
  const writes = Array.from({ length: OBJECTS }, (_, i) => ({
    key: `/o/${i}`,
    value: Buffer.from(`${mark} ${"x".repeat(900)}`),
  }));
  const outcome = await store.write([...writes, { key: "/mark", value: Buffer.from(mark) }]);
  assert.equal(outcome.kind, "written");
  await store.close();
}

/**
 * Kills `act` so often, at moments that the seed decides, most of them before its first acknowledgement, and once right after
 * that, however slow the machine is; looks after each.
 */
async function killOften(
  directory: StoreDirectory,
  { act, seed, takesMs }: { act: CrashAct; seed: number; takesMs: number },
  look: (lines: readonly string[][]) => Promise<void>,
): Promise<void> {
  const random = randomNumbers(seed);
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Spread evenly, so that no part of it is left out.
    const ms = ((kill + random()) / KILLS) * 1.3 * takesMs;
    const { lines } = await crash({ act, path: directory.path, lines: 1, ms });
    await look(lines);
  }
  const { lines } = await crash({ act, path: directory.path, lines: 2, ms: 0 });
  await look(lines);
}

function integrity(directory: StoreDirectory, path: string): unknown {
  return directory.tamper((database) => database.prepare("PRAGMA integrity_check").get()?.integrity_check, path);
}

function versionOf(directory: StoreDirectory, path: string): number {
  return directory.tamper((database) => Number(database.prepare("PRAGMA user_version").get()?.user_version), path);
}

test("killed amid a migration, it goes on where it was, and the copy is of before", async () => {
  await using directory = new StoreDirectory();
  await fill(directory, "older");
  cpSync(directory.path, directory.at("older"));
  const copy = `${directory.path}.before-v5`;
  const takesMs = await timeOf("migrate", directory.path);
  const restart = () => {
    rmSync(copy);
    rmSync(`${directory.path}-wal`, { force: true });
    cpSync(directory.at("older"), directory.path);
  };
  restart();
  const reached = new Set<number>();
  await killOften(directory, { act: "migrate", seed: 1, takesMs }, async () => {
    if (existsSync(copy)) {
      assert.equal(integrity(directory, copy), "ok");
      assert.equal(versionOf(directory, copy), 1);
    }
    const version = versionOf(directory, directory.path);
    reached.add(version);
    assert.ok(version === 1 || existsSync(copy), "no step without a copy");
    const store = await directory.open({ migrations: CRASH_STORES.steps });
    assert.equal(await textOf(store, "/mark"), "older 2 3 4 5");
    assert.equal((await store.list("/o/")).length, OBJECTS);
    await store.close();
    assert.equal(versionOf(directory, copy), 1);
    restart();
  });
  assert.ok(reached.size > 1, `killed at versions ${[...reached]}`);
});

test("killed amid a backup, no half backup is left, and those that were acknowledged are whole", async () => {
  await using directory = new StoreDirectory();
  await fill(directory, "mine");
  let whole = 0;
  await killOften(
    directory,
    { act: "backUp", seed: 2, takesMs: await timeOf("backUp", directory.path) },
    async (lines) => {
      const acknowledged = lines.flatMap(([word, path]) => (word === "backup" && path ? [path] : []));
      const found = readdirSync(directory.base).filter((name) => /\.backup-\d+-\d+$/.test(name));
      for (const name of found) assert.equal(integrity(directory, join(directory.base, name)), "ok");
      for (const path of acknowledged) assert.ok(existsSync(path));
      whole += found.length;
      for (const name of readdirSync(directory.base)) if (name.includes(".backup-")) rmSync(join(directory.base, name));
      const store = await directory.open();
      assert.equal((await store.list("/o/")).length, OBJECTS);
      await store.close();
    },
  );
  assert.ok(whole > 0);
});

test("killed amid a restore, the store is whole, and its revisions never go back", async () => {
  await using directory = new StoreDirectory();
  await fill(directory, "earlier");
  cpSync(directory.path, `${directory.path}.backup`);
  const takesMs = await timeOf("restore", directory.path);
  await fill(directory, "later");
  let revision = 0;
  const marks = new Set<string | undefined>();
  await killOften(directory, { act: "restore", seed: 3, takesMs }, async (lines) => {
    const store = await directory.open();
    const mark = await textOf(store, "/mark");
    marks.add(mark);
    assert.equal(mark, lines.some(([word]) => word === "restored") ? "earlier" : mark);
    assert.ok(mark === "earlier" || mark === "later");
    assert.equal((await store.list("/o/")).length, OBJECTS);
    assert.ok(store.revision >= revision);
    const written = await store.write([{ key: "/mark", value: Buffer.from("later") }]);
    assert.ok(written.kind === "written");
    revision = store.revision;
    await store.close();
  });
  assert.ok(marks.has("earlier"));
});

test("killed amid a compaction, what it says is forgotten is forgotten, and the rest is there", async () => {
  await using directory = new StoreDirectory();
  let compacted = 0;
  await killOften(
    directory,
    { act: "compact", seed: 4, takesMs: 2 * (await timeOf("compact", directory.at("timed.db"))) },
    async (lines) => {
      const done = lines.findLast(([word]) => word === "compacted");
      const begun = lines.findLast(([word]) => word === "compacting");
      compacted = Math.max(compacted, Number(done?.[1] ?? 0));
      const store = await directory.open();
      const start = store.watch(0, () => undefined, untilClosed());
      const oldest = start.kind === "compacted" ? start.oldest : 0;
      assert.ok(oldest >= compacted && oldest <= Math.max(compacted, Number(begun?.[1] ?? 0)));
      const heard: number[] = [];
      store.watch(oldest, (changes) => heard.push(...changes.map((change) => change.revision)), untilClosed());
      await store.advance(1);
      const held = (await store.list("")).map((stored) => stored.revision).sort((a, b) => a - b);
      assert.deepEqual(
        held.filter((revision) => revision > oldest),
        heard.slice(-held.filter((revision) => revision > oldest).length),
      );
      await store.close();
    },
  );
  assert.ok(compacted > 0);
});
