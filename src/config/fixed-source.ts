import { aborted } from "../lib/aborted.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { ConfigSource, SourceUpdate } from "./source.ts";

/** Objects that are always there and never change. */
export class FixedSource implements ConfigSource {
  readonly #update: SourceUpdate;

  /** @param name what the objects' origin says */
  constructor(name: string, resources: readonly AnyResource[]) {
    const upserts = resources.map((resource) => ({
      resource: { ...resource, metadata: { ...resource.metadata, generation: 1 } } as AnyResource,
      origin: { source: name },
    }));
    this.#update = { upserts, removals: [], problems: [] };
  }

  async run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    onUpdate(this.#update);
    await aborted(signal);
  }
}
