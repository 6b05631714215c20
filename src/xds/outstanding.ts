/**
 * What a client does not have yet, and up to which sequence it has everything. Cost per change: logarithmic in the
 * number outstanding.
 */
import type { ResourceId } from "../compiler/envoy/resource.ts";

export interface OutstandingResource {
  readonly id: ResourceId;
  /** The earliest change of it that the client may lack. */
  readonly sequence: number;
  /** Since when, in milliseconds of the clock that the session is given. */
  readonly since: number;
}

export class Outstanding {
  readonly #byId = new Map<ResourceId, OutstandingResource>();
  /** A binary heap by sequence. Entries that #byId no longer holds are dropped when they come up. */
  #heap: OutstandingResource[] = [];

  get size(): number {
    return this.#byId.size;
  }

  has(id: ResourceId): boolean {
    return this.#byId.has(id);
  }

  add(id: ResourceId, sequence: number, now: number): void {
    if (this.#byId.has(id)) return;
    const entry = { id, sequence, since: now };
    this.#byId.set(id, entry);
    this.#push(entry);
  }

  remove(id: ResourceId): void {
    if (this.#byId.delete(id) && this.#byId.size === 0) this.#heap = [];
  }

  /** The lowest sequence of which something is missing; undefined if nothing is. */
  lowest(): number | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (!top) return undefined;
      if (this.#byId.get(top.id) === top) return top.sequence;
      this.#pop();
    }
  }

  entries(): Iterable<OutstandingResource> {
    return this.#byId.values();
  }

  #push(entry: OutstandingResource): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || above.sequence <= entry.sequence) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const goRight = right !== undefined && left !== undefined && right.sequence < left.sequence;
      const child = goRight ? right : left;
      if (!child || child.sequence >= last.sequence) break;
      heap[at] = child;
      at = 2 * at + (goRight ? 2 : 1);
    }
    heap[at] = last;
  }
}
