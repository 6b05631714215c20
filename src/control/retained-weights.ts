/**
 * Break after make, for weights: the keys of a split stay in the runtime until every proxy has the routes that no
 * longer use it. Without its keys a split is dealt out by the routes' static weights: all to its first leg, also when
 * that one has weight 0 and is long switched off.
 */
import type { EnvoyResource, ResourceChange } from "../compiler/envoy/resource.ts";
import { keepingKeysOf } from "../compiler/envoy/runtime.ts";
import type { ObjectKey } from "../model/keys.ts";

interface Layer {
  readonly wanted: EnvoyResource;
  /** With keys that are no longer wanted, or `wanted` itself. */
  readonly published: EnvoyResource;
  /** The last publication after which a proxy may still have used what isn't wanted. */
  readonly sequence: number;
}

export class RetainedWeights {
  readonly #layers = new Map<ObjectKey, Map<string, Layer>>();

  /** @returns what to publish for these changes now */
  hold(gateway: ObjectKey, changes: readonly ResourceChange[], sequence: number): readonly ResourceChange[] {
    if (!changes.some(({ type }) => type === "Runtime")) return changes;
    const layers = this.#layers.get(gateway) ?? new Map<string, Layer>();
    this.#layers.set(gateway, layers);
    return changes.map((change) => {
      const { type, name, resource: wanted } = change;
      if (type !== "Runtime" || !wanted) return change;
      const before = layers.get(name);
      const published = before ? keepingKeysOf(before.published, wanted) : wanted;
      layers.set(name, { wanted, published, sequence });
      return { ...change, resource: published };
    });
  }

  /**
   * @param acknowledged by all proxies of the gateway; undefined when none is connected
   * @returns what to publish now that nothing uses the rest any more
   */
  release(gateway: ObjectKey, acknowledged: number | undefined): readonly ResourceChange[] {
    if (acknowledged === undefined) return [];
    const layers = this.#layers.get(gateway) ?? new Map<string, Layer>();
    const due = [...layers].filter(
      ([, { wanted, published, sequence }]) => published !== wanted && sequence <= acknowledged,
    );
    return due.map(([name, layer]) => {
      layers.set(name, { ...layer, published: layer.wanted });
      return { type: "Runtime", name, resource: layer.wanted };
    });
  }

  forget(gateway: ObjectKey): void {
    this.#layers.delete(gateway);
  }
}
