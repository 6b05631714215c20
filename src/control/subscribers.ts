import type { ViewChange } from "../api/local/control-view.ts";
import type { WatchTopic } from "../client/local-types.ts";

/** Who watches what. */
export class Subscribers {
  readonly #listeners = new Set<{
    readonly topics: ReadonlySet<WatchTopic>;
    readonly onChange: (change: ViewChange) => void;
  }>();

  add(topics: readonly WatchTopic[], onChange: (change: ViewChange) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listener = { topics: new Set(topics), onChange };
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  tell(change: ViewChange): void {
    for (const { topics, onChange } of this.#listeners) if (topics.has(change.topic)) onChange(change);
  }
}
