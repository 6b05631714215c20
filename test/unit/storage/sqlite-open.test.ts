import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { connect } from "../../../src/storage/sqlite/connection.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { put, textOf } from "../../support/store-writes.ts";

async function problemOf(directory: StoreDirectory): Promise<{ code: string; message: string; hint?: string }> {
  const opened = await directory.tryOpen();
  if (!("code" in opened)) assert.fail("the store opened");
  return opened;
}

test("two can't open one store: the second is told, the first goes on", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  assert.equal((await problemOf(directory)).code, "LB7101");
  await put(store, "/a", "1");
  assert.equal((await problemOf(directory)).code, "LB7101", "also after a write, and a first try");
  await store.close();
  assert.equal(await textOf(await directory.open(), "/a"), "1");
});

test("another process is told too that the store is in use", async () => {
  await using directory = new StoreDirectory();
  await directory.open();
  const script = `import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("../../../src/storage/sqlite/open-store.ts"))};
    console.log((await openSqliteStore({ path: process.argv[1] })).code);
    process.exit();`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, directory.path]);
  assert.equal((await run).stdout.trim(), "LB7101");
});

test("the file and its log are for their owner only", async () => {
  await using directory = new StoreDirectory("deep/er");
  const store = await directory.open();
  await put(store, "/a", "1");
  assert.equal(statSync(directory.path).mode & 0o777, 0o600);
  assert.equal(statSync(`${directory.path}-wal`).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(directory.path)).mode & 0o777, 0o700);
});

test("a commit is on the disk when it is acknowledged: the log is flushed with each", async () => {
  await using directory = new StoreDirectory();
  const connection = connect(directory.path);
  if ("code" in connection) assert.fail(connection.message);
  assert.equal(connection.prepare("PRAGMA synchronous").get()?.synchronous, 2);
  assert.equal(connection.prepare("PRAGMA journal_mode").get()?.journal_mode, "wal");
  connection.close();
});

test("a database of another program is left alone", async () => {
  await using directory = new StoreDirectory();
  directory.tamper((database) => database.exec("CREATE TABLE bookmarks (url TEXT)"));
  assert.equal((await problemOf(directory)).code, "LB7105");
  assert.deepEqual(
    directory.tamper((database) => database.prepare("SELECT name FROM sqlite_schema").all().length),
    1,
  );
});

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  "its first page is overwritten": (path) => overwrite(path, 0, 100),
  "its tables are overwritten": (path) => overwrite(path, 4096, statSync(path).size - 8192),
  "one page in its middle is overwritten": (path) =>
    overwrite(path, Math.floor(statSync(path).size / 8192) * 4096, 4096),
  "it is cut in half": (path) => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096),
  "it is text": (path) => writeFileSync(path, "not a database\n".repeat(1000)),
};

for (const [damage, apply] of Object.entries(DAMAGES)) {
  test(`a damaged file is refused with the way out, and not made worse: ${damage}`, async () => {
    await using directory = new StoreDirectory();
    const store = await directory.open();
    for (let i = 0; i < 200; i += 1) void put(store, `/${i}`, "x".repeat(1000));
    await store.close();
    apply(directory.path);
    cpSync(directory.path, directory.at("damaged"));
    const problem = await problemOf(directory);
    assert.equal(problem.code, "LB7103");
    assert.match(problem.hint ?? "", /landbridge restore/);
    assert.equal(statSync(directory.path).size, statSync(directory.at("damaged")).size);
  });
}

test("a path that can't be used is a Problem that says why", async () => {
  await using directory = new StoreDirectory();
  mkdirSync(directory.path);
  assert.match((await problemOf(directory)).code, /^LB7102$/);
  await using other = new StoreDirectory("file/below");
  writeFileSync(other.at("file"), "");
  const problem = await problemOf(other);
  assert.equal(problem.code, "LB7102");
  assert.match(problem.message, /ENOTDIR/);
});

test("without permission it is a Problem, and no file is left", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root: opens as another user");
  await using directory = new StoreDirectory("theirs");
  mkdirSync(dirname(directory.path), { mode: 0o700 });
  chmodSync(directory.base, 0o755);
  chownSync(dirname(directory.path), 12345, 12345);
  const denied = await asUser(54321, () => directory.tryOpen());
  assert.ok("code" in denied);
  assert.equal(denied.code, "LB7102");
  assert.match(denied.message, /permission denied/);
  assert.ok(!existsSync(directory.path));
});

test("a file that may only be read is a Problem", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root: opens as another user");
  await using directory = new StoreDirectory();
  await (await directory.open()).close();
  chmodSync(directory.base, 0o777);
  chmodSync(directory.path, 0o444);
  const denied = await asUser(54321, () => directory.tryOpen());
  assert.ok("code" in denied);
  assert.equal(denied.code, "LB7102", denied.message);
});

/** The rights of all threads of this process are those of another user in the meantime. */
async function asUser<Result>(user: number, act: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(user);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, from);
  closeSync(file);
}
