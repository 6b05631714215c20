/** Forgetting old changes: when there are more than are kept, and when somebody asks for it. */
import type { StoreThread } from "./store-thread.ts";
import type { Watchers } from "./watchers.ts";

/** So many changes more than are kept (as a share) start a compaction: few of them, each worth its while. */
const SLACK = 1 / 8;

export class Compaction {
  readonly #thread: StoreThread;
  readonly #watchers: Watchers;
  readonly #keep: number;
  #changes: number;
  #running: Promise<void> | undefined;

  constructor(thread: StoreThread, watchers: Watchers, keep: number, changes: number) {
    this.#thread = thread;
    this.#watchers = watchers;
    this.#keep = keep;
    this.#changes = changes;
  }

  /** So many changes have come. Rejects when old ones should be forgotten and can't be. */
  async grow(changes: number): Promise<void> {
    this.#changes += changes;
    if (this.#running || this.#changes <= this.#keep * (1 + SLACK)) return;
    this.#running = this.#shrink();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** In steps, between which writes have their turn. */
  async forget(upTo: number): Promise<void> {
    await this.#watchers.leaveBehind(upTo);
    for (let done = false; !done; ) {
      const step = await this.#thread.ask("forget", upTo);
      this.#changes -= step.removed;
      done = step.done;
    }
  }

  async #shrink(): Promise<void> {
    const upTo = await this.#thread.ask("depth", this.#keep);
    if (upTo > 0) await this.forget(upTo);
  }
}
