import type { ObjectChange } from "./served-object.ts";

export interface HistoryLimits {
  /** Changes of one kind. */
  readonly changes: number;
  /** Bytes of JSON that they hold. */
  readonly bytes: number;
}

/**
 * The latest changes of one kind, for watches that go on from a revision and for lists that are read in pages.
 * Watches read from here at their own pace, so a slow one costs nothing but its place.
 */
export class History {
  readonly #limits: HistoryLimits;
  #changes: ObjectChange[] = [];
  /** Index of the oldest change that counts; those before it wait to be cut off together. */
  #first = 0;
  #bytes = 0;
  #forgotten: number;

  /** @param since nothing is known of what was before this revision */
  constructor(since: number, limits: HistoryLimits) {
    this.#forgotten = since;
    this.#limits = limits;
  }

  /** Changes after this revision are all known. */
  get knownSince(): number {
    return this.#forgotten;
  }

  push(change: ObjectChange): void {
    this.#changes.push(change);
    this.#bytes += change.object.json.length;
    while (this.length > this.#limits.changes || (this.#bytes > this.#limits.bytes && this.length > 1)) this.#forget();
  }

  /** Nothing up to this revision is known any more. */
  forgetUpTo(revision: number): void {
    while ((this.#changes[this.#first]?.revision ?? Number.POSITIVE_INFINITY) <= revision) this.#forget();
    this.#forgotten = Math.max(this.#forgotten, revision);
  }

  get length(): number {
    return this.#changes.length - this.#first;
  }

  /** The first change after a revision. */
  next(revision: number): ObjectChange | undefined {
    return this.#changes[this.#indexAfter(revision)];
  }

  /** All changes after a revision, newest first. */
  *backTo(revision: number): Generator<ObjectChange> {
    const end = this.#indexAfter(revision);
    for (let index = this.#changes.length - 1; index >= end; index--) {
      const change = this.#changes[index];
      if (change) yield change;
    }
  }

  #forget(): void {
    const change = this.#changes[this.#first];
    if (!change) return;
    this.#forgotten = change.revision;
    this.#bytes -= change.object.json.length;
    this.#first++;
    if (this.#first < this.#limits.changes) return;
    this.#changes = this.#changes.slice(this.#first);
    this.#first = 0;
  }

  #indexAfter(revision: number): number {
    let low = this.#first;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
