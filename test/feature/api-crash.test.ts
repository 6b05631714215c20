/** `landbridge up` under writers through its API: killed at any moment, and with a full disk. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { randomNumbers } from "../../bench/random.ts";
import { bootstrapTokenPath } from "../../src/access/bootstrap.ts";
import type { JournalEntry } from "../../src/storage/store.ts";
import { type ApiAnswer, ApiClient } from "../support/api-client.ts";
import { type Manifest, ObjectRequests, pathOf, type Shown, shown, statusOf } from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { Printed, type RunningCommand, startCommand } from "../support/command-line.ts";
import { mountOrSkip } from "../support/mounted-file-system.ts";
import { scratchDirectory } from "../support/supervised-envoy.ts";
import { waitFor } from "../support/wait-for.ts";

const KILLS = 8;
const SEED = 11;
const WRITERS = 6;
const NAMES_OF_WRITER = 5;
/** No life of a process is longer than this, milliseconds. */
const LIFE_MS = 90_000;
/** All writers patch it at once. */
const SHARED = "shared";
/** Says which write an object is from. */
const MARK = "landbridge.test/write";
const SERVICES = { kind: "HybridService", namespace: "default" };

/** One life of `landbridge up` without a directory: nothing listens but the API. */
class Life implements AsyncDisposable {
  readonly #process: RunningCommand;
  readonly #closed: Promise<unknown>;
  readonly #stateDir: string;
  readonly #printed: Printed;
  readonly errors: Printed;
  #client: ApiClient | undefined;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.#process = startCommand(["--state-dir", stateDir, "up"], {}, { boundMs: LIFE_MS });
    this.#closed = once(this.#process, "close");
    this.#printed = new Printed(this.#process.stdout);
    this.errors = new Printed(this.#process.stderr);
  }

  /** Until its API serves. */
  static async begin(stateDir: string): Promise<Life> {
    const life = new Life(stateDir);
    const [, url = ""] = /(https:\S+) +\(API/.exec(await life.#printed.until(/\(API.*\n/)) ?? [];
    const caPem = readFileSync(join(stateDir, "api", "ca.crt"), "utf8");
    life.#client = new ApiClient({ url, caPem }, readFileSync(bootstrapTokenPath(stateDir), "utf8").trim());
    return life;
  }

  get client(): ApiClient {
    if (!this.#client) throw new Error(`${this.#stateDir} doesn't serve`);
    return this.#client;
  }

  get objects(): ObjectRequests {
    return new ObjectRequests((path, init) => this.client.fetch(path, init));
  }

  watch(): Promise<ApiWatch> {
    return ApiWatch.open(this.client, `${pathOf(SERVICES)}?watch=1&resourceVersion=0`);
  }

  /** Entries of the journal after that number, all of them. */
  async entries(after = 0): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for (;;) {
      const { text } = await this.client.fetch(`/landbridge/v1/audit?after=${after + entries.length}&limit=1000`);
      const page = JSON.parse(text) as JournalEntry[];
      if (page.length === 0) return entries;
      entries.push(...page);
    }
  }

  /** How many entries the journal has; fails when it isn't whole. */
  async verify(): Promise<number> {
    const verdict = (await this.client.fetch("/landbridge/v1/audit/verify")).json();
    assert.equal(verdict.kind, "whole", JSON.stringify(verdict));
    return Number(verdict.entries);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#closed;
    assert.equal(this.#process.signalCode, "SIGKILL", `it ended by itself: ${this.errors.text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.[Symbol.dispose]();
    this.#process.kill("SIGKILL");
    await this.#closed;
  }
}

/** What an object was written as; undefined: not there. */
type Written = string | undefined;

/** What clients were told, over all lives. */
class Told {
  /** By what was written ("a-1", or the mark of a writer on the shared object): what was acknowledged last. */
  readonly states = new Map<string, { mark: Written; version: bigint }>();
  /** Sent, and not answered before the kill. */
  readonly inFlight = new Map<string, Written>();
  /** By Audit-Id: "create a-1". */
  readonly writes = new Map<string, string>();
  /** The highest resourceVersion of the lives before. */
  before = 0n;
  newest = 0n;
  #marks = 0;

  nextMark(): string {
    this.#marks += 1;
    return String(this.#marks);
  }

  seen(version: string): bigint {
    const number = BigInt(version);
    if (number > this.newest) this.newest = number;
    return number;
  }

  acknowledged(subject: string, mark: Written, what: string, { headers, text }: ApiAnswer): void {
    this.writes.set(String(headers["audit-id"]), what);
    this.inFlight.delete(subject);
    const { metadata } = JSON.parse(text) as Shown;
    const version = mark === undefined ? 0n : this.seen(metadata.resourceVersion);
    if (mark !== undefined) assert.ok(version > this.before, `${what}: ${version} isn't above ${this.before}`);
    this.states.set(subject, { mark, version });
  }
}

/** Writes as fast as it is answered, until it is no more. Has objects of its own, so that it knows what each must be. */
class Writer {
  readonly #id: string;
  readonly #objects: ObjectRequests;
  readonly #told: Told;
  readonly #random: () => number;

  constructor(id: string, objects: ObjectRequests, told: Told, random: () => number) {
    this.#id = id;
    this.#objects = objects;
    this.#told = told;
    this.#random = random;
  }

  async run(isKilled: () => boolean): Promise<void> {
    try {
      for (;;) await this.#step();
    } catch (error) {
      // The connection of what was killed. Anything else, and anything before, is a failure.
      if (!isKilled() || error instanceof assert.AssertionError) throw error;
    }
  }

  async #step(): Promise<void> {
    const mark = this.#told.nextMark();
    const drawn = this.#random();
    if (drawn < 0.15) return this.#patchShared(mark);
    const name = `${this.#id}-${Math.floor(this.#random() * NAMES_OF_WRITER)}`;
    const place = { ...SERVICES, name };
    if (this.#told.states.get(name)?.mark === undefined)
      return this.#write(name, mark, `create ${name}`, 201, () => this.#objects.create(service(name, mark)));
    if (drawn < 0.35) return this.#write(name, undefined, `delete ${name}`, 200, () => this.#objects.remove(place));
    const patch = { metadata: { annotations: { [MARK]: mark } }, spec: { port: portOf(mark) } };
    return this.#write(name, mark, `patch ${name}`, 200, () => this.#objects.patch(place, patch));
  }

  #patchShared(mark: string): Promise<void> {
    const patch = { metadata: { annotations: { [`${MARK}-${this.#id}`]: mark } } };
    const send = () => this.#objects.patch({ ...SERVICES, name: SHARED }, patch);
    return this.#write(`${MARK}-${this.#id}`, mark, `patch ${SHARED}`, 200, send);
  }

  async #write(
    subject: string,
    mark: Written,
    what: string,
    code: number,
    send: () => Promise<ApiAnswer>,
  ): Promise<void> {
    this.#told.inFlight.set(subject, mark);
    const answer = await send();
    if (answer.status === 409 && what === `patch ${SHARED}`) {
      // Lost too many races against the others: then it must never be seen.
      this.#told.inFlight.delete(subject);
      return;
    }
    assert.equal(answer.status, code, `${what}: ${answer.text}`);
    this.#told.acknowledged(subject, mark, what, answer);
  }
}

test(`of ${KILLS} kills amid writes through the API none loses or undoes anything, and the journal is whole`, async (t) => {
  using scratch = scratchDirectory();
  const stateDir = join(scratch.path, "state");
  const random = randomNumbers(SEED);
  const told = new Told();
  let read = 0;
  const newestNotes = new Map<string, Written>();
  for (let kill = 0; kill <= KILLS; kill += 1) {
    if (kill % 4 === 3) await killAtStart(stateDir, random() * 900);
    await using life = await Life.begin(stateDir);
    const entries = await life.entries(read);
    read += entries.length;
    assert.equal(await life.verify(), read);
    checkEntries(entries, told, newestNotes);
    await checkObjects(life.objects, told, newestNotes);
    if (kill === 0) shown(await life.objects.create(service(SHARED, told.nextMark())), 201);
    if (kill < KILLS) await writeAndKill(life, told, random);
  }
  t.diagnostic(`${read} entries in the journal`);
  assert.ok(read > 30 * KILLS, `it was writing when it was killed: ${read} entries`);
});

/** While it opens what the last kill has left. */
async function killAtStart(stateDir: string, ms: number): Promise<void> {
  await using life = new Life(stateDir);
  await delay(ms);
  await life.kill();
}

async function writeAndKill(life: Life, told: Told, random: () => number): Promise<void> {
  told.before = told.newest;
  using watch = await life.watch();
  let isKilled = false;
  const writers = Array.from("abcdefgh".slice(0, WRITERS), (id) => new Writer(id, life.objects, told, random));
  const ended = Promise.all(writers.map((writer) => writer.run(() => isKilled)));
  const enough = Math.ceil(random() * 300);
  const late = random() * 20;
  const options = { boundMs: LIFE_MS / 2, last: () => told.writes.size };
  // A writer that fails is told at once.
  await Promise.race([ended, waitFor("writes", () => told.writes.size >= enough, options)]);
  await delay(late);
  isKilled = true;
  await life.kill();
  await ended;
  for (const { object } of watch.events) told.seen(object.metadata.resourceVersion);
}

/** Every acknowledged write has one entry, under its Audit-Id. */
function checkEntries(entries: readonly JournalEntry[], told: Told, newestNotes: Map<string, Written>): void {
  const seen = new Map<string, string>();
  for (const { note } of entries) {
    if (note.type !== "write" || note.resource !== "hybridservices") continue;
    assert.ok(!seen.has(String(note.id)), `two entries have the id ${note.id}`);
    seen.set(String(note.id), `${note.verb} ${note.name}`);
    newestNotes.set(String(note.name), markOf(note.after as Shown | null));
  }
  for (const [id, what] of told.writes) assert.equal(seen.get(id), what, `the entry of ${what}, ${id}`);
  told.writes.clear();
}

/** Each object is what was acknowledged last, or what was sent after; from now on that is what is known of it. */
async function checkObjects(
  objects: ObjectRequests,
  told: Told,
  newestNotes: ReadonlyMap<string, Written>,
): Promise<void> {
  const { items, metadata } = await objects.list(SERVICES);
  assert.ok(told.seen(metadata.resourceVersion) >= told.before, "versions went back");
  assert.ok(BigInt(metadata.resourceVersion) >= told.newest, `the list is of ${metadata.resourceVersion}`);
  const held = new Map(items.map((item) => [item.metadata.name, item]));
  for (const subject of new Set([...told.states.keys(), ...told.inFlight.keys()])) {
    const isShared = subject.startsWith(MARK);
    const object = held.get(isShared ? SHARED : subject);
    const mark = isShared ? object?.metadata.annotations?.[subject] : markOf(object);
    const state = told.states.get(subject);
    const allowed = [state?.mark, ...(told.inFlight.has(subject) ? [told.inFlight.get(subject)] : [])];
    assert.ok(allowed.includes(mark), `${subject} is ${mark}, not one of ${allowed}`);
    const version = BigInt(object?.metadata.resourceVersion ?? 0);
    if (object) assert.ok(version >= (state?.version ?? 0n), `${subject}: ${version} is below ${state?.version}`);
    if (object && mark !== undefined && !isShared) assert.equal(object.spec?.port, portOf(mark), subject);
    told.states.set(subject, { mark, version });
  }
  told.inFlight.clear();
  for (const [name, mark] of newestNotes)
    assert.equal(markOf(held.get(name)), mark, `the journal is in step with ${name}`);
  for (const name of held.keys()) assert.ok(newestNotes.has(name), `${name} is in the journal`);
}

test("with a full disk writes are refused with 507 and nothing is half done; reads go on, and writes with room again", async (t) => {
  using scratch = scratchDirectory();
  const stateDir = join(scratch.path, "state");
  using mounted = mountOrSkip(t, stateDir, "size=12m");
  if (!mounted) return;
  await using life = await Life.begin(stateDir);
  const { objects } = life;
  const place = { ...SERVICES, name: "small" };
  const patchSmall = (mark: string) => objects.patch(place, { metadata: { annotations: { [MARK]: mark } } });
  await objects.make(service("small", "0"));
  await objects.make({ ...service("large", "1"), metadata: { ...service("large", "1").metadata, ...bulk() } });
  using watch = await life.watch();
  const makeRoom = fill(stateDir);
  // The log may have had room for some.
  let kept = 0;
  let patched = await patchSmall("0");
  for (let mark = 1; patched.status === 200 && mark < 10_000; mark += 1) {
    patched = await patchSmall(String(mark));
    if (patched.status === 200) kept = mark;
  }
  const refused = [
    patched,
    await objects.create({ ...service("other", "2"), metadata: { ...service("other", "2").metadata, ...bulk() } }),
    await objects.patch({ ...SERVICES, name: "large" }, { spec: { port: 81 } }),
    await objects.remove({ ...SERVICES, name: "large" }),
  ];
  for (const answer of refused) {
    const { kind, status, reason, code, message } = statusOf(answer);
    assert.deepEqual(
      [answer.status, kind, status, reason, code],
      [...[507, "Status", "Failure", "InsufficientStorage", 507]],
    );
    assert.match(message ?? "", /nothing was changed: .*disk full.*LB7106.*goes on by itself/);
  }

  const check = async (of: Life, mark: string) => {
    const { items } = await of.objects.list(SERVICES);
    const held = items.map((item) => [item.metadata.name, markOf(item), item.spec?.port]);
    assert.deepEqual(held, [...[["large", "1", portOf("1")]], ...[["small", mark, portOf("0")]]]);
    const entries = await of.entries();
    assert.equal(await of.verify(), entries.length);
    const ids = new Set(entries.map(({ note }) => note.id));
    for (const { headers } of refused) assert.ok(!ids.has(headers["audit-id"]), "no entry says it was done");
  };
  await check(life, String(kept));
  using later = await life.watch();
  await later.untilEvent("ADDED", "large");
  assert.ok(!watch.hasEnded);
  assert.deepEqual([...new Set(watch.story)].sort(), [
    "ADDED large",
    "ADDED small",
    ...(kept > 0 ? ["MODIFIED small"] : []),
  ]);

  makeRoom();
  await waitFor("writes to go on", async () => (await patchSmall("room")).status === 200);
  for (const each of [watch, later])
    await each.until("the change", ({ events }) => events.some(({ object }) => markOf(object) === "room"));
  await life.kill();
  await using next = await Life.begin(stateDir);
  await check(next, "room");
});

function service(name: string, mark: string): Manifest & { readonly metadata: { readonly name: string } } {
  return {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name, namespace: "default", annotations: { [MARK]: mark } },
    spec: { port: portOf(mark), backends: [{ name: "vm", platform: "vm", service: "web" }] },
  };
}

/** So that the spec has to fit what the metadata says. */
function portOf(mark: string): number {
  return 1 + (Number(mark) % 60_000);
}

function markOf(object: Manifest | null | undefined): Written {
  return object?.metadata.annotations?.[MARK];
}

/** What makes a change need room. */
function bulk(): { readonly annotations: Readonly<Record<string, string>> } {
  return { annotations: { [MARK]: "1", "landbridge.test/bulk": "x".repeat(100_000) } };
}

/** Fills a file system to its last byte. Returns what makes room again. */
function fill(folder: string): () => void {
  const ballast = join(folder, "ballast");
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch (error) {
      assert.ok(error instanceof Error && "code" in error && error.code === "ENOSPC");
    }
  }
  return () => rmSync(ballast);
}
