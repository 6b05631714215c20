/** Which keys sealed the values of this file, and sealing and opening them. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openSealed, type Sealing, type SealingKey, sealValue } from "../sealing.ts";
import { StorageFailure, storageProblem } from "../storage-problem.ts";

/** What each key must open before anything is done with the file. A store's keys hold no NUL: no value has this name. */
const CANARY_NAME = "\0canary";
const CANARY = Buffer.from("landbridge");

export interface StoredBytes {
  /** Row of the table seals; null: not sealed. */
  readonly seal: number | null;
  readonly value: Uint8Array;
}

interface SealRow {
  readonly id: number;
  readonly key_id: string;
  readonly canary: Uint8Array;
}

export class Seals {
  readonly #database: DatabaseSync;
  readonly #keys = new Map<number, SealingKey>();
  readonly #first: SealingKey | undefined;
  #current: number | undefined;
  readonly #insert: StatementSync;

  /** Throws StorageFailure (LB7110) when a key is missing that sealed something. */
  constructor(database: DatabaseSync, path: string, sealing: Sealing | undefined) {
    this.#database = database;
    this.#first = sealing?.keys[0];
    this.#insert = database.prepare("INSERT INTO seals (key_id, canary) VALUES (?, ?)");
    const rows = database.prepare("SELECT id, key_id, canary FROM seals").all() as unknown as SealRow[];
    for (const { id, key_id, canary } of rows) {
      const key = sealing?.keys.find((candidate) => candidate.id === key_id);
      if (!key) throw missingKey(path, key_id, sealing);
      if (!openSealed(key, CANARY_NAME, canary)?.equals(CANARY)) throw wrongKey(path, key_id);
      this.#keys.set(id, key);
      if (key === this.#first) this.#current = id;
    }
  }

  /** Keys that seal nothing new. */
  get older(): number[] {
    return [...this.#keys.keys()].filter((id) => id !== this.#current);
  }

  /** Notes in the file which key seals from now on: before the first value is sealed. */
  noteCurrent(): void {
    if (this.#first === undefined || this.#current !== undefined) return;
    const { lastInsertRowid } = this.#insert.run(this.#first.id, sealValue(this.#first, CANARY_NAME, CANARY));
    this.#current = Number(lastInsertRowid);
    this.#keys.set(this.#current, this.#first);
  }

  seal(name: string, value: Uint8Array): StoredBytes {
    if (this.#first === undefined || this.#current === undefined) return { seal: null, value };
    return { seal: this.#current, value: sealValue(this.#first, name, value) };
  }

  /** Throws StorageFailure (LB7112) for a value that was changed, or that belongs to another name. */
  open(name: string, { seal, value }: StoredBytes): Uint8Array {
    if (seal === null) return value;
    const key = this.#keys.get(seal);
    const opened = key && openSealed(key, name, value);
    if (!opened) throw new StorageFailure(storageProblem("LB7112", `the sealed value of ${name} can't be opened`));
    return opened;
  }

  /** Forgets the older keys, which nothing is sealed with any more. */
  dropOlder(): void {
    const drop = this.#database.prepare("DELETE FROM seals WHERE id = ?");
    for (const id of this.older) {
      drop.run(id);
      this.#keys.delete(id);
    }
  }
}

function missingKey(path: string, id: string, sealing: Sealing | undefined): StorageFailure {
  const given = sealing ? `the keys given are ${sealing.keys.map((key) => key.id).join(", ")}` : "no key was given";
  return new StorageFailure(
    storageProblem("LB7110", `secrets in the store ${path} are sealed with key ${id}; ${given}`),
  );
}

function wrongKey(path: string, id: string): StorageFailure {
  return new StorageFailure(
    storageProblem("LB7110", `key ${id} does not open what it sealed in the store ${path}: the file was changed`),
  );
}
