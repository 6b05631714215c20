/** A registry on a real store in a temporary directory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectKey } from "../../src/model/keys.ts";
import type { RawObject } from "../../src/model/object-meta.ts";
import type { DerivedStatus } from "../../src/registry/compose.ts";
import type { HistoryLimits } from "../../src/registry/history.ts";
import { decodeObject } from "../../src/registry/json.ts";
import { Registry } from "../../src/registry/registry.ts";
import type { ServedObject } from "../../src/registry/served-object.ts";
import { openSqliteStore } from "../../src/storage/sqlite/open-store.ts";
import type { Store } from "../../src/storage/store.ts";

export class TestRegistry implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "landbridge-registry-"));
  readonly statuses = new Map<ObjectKey, DerivedStatus>();
  /** How often a status was asked for. */
  statusReads = 0;
  #stop = new AbortController();
  #store: Store | undefined;
  #registry: Registry | undefined;

  static async open(limits?: HistoryLimits): Promise<TestRegistry> {
    const test = new TestRegistry();
    await test.reopen(limits);
    return test;
  }

  get store(): Store {
    return this.#store ?? fail();
  }

  get registry(): Registry {
    return this.#registry ?? fail();
  }

  async reopen(limits?: HistoryLimits): Promise<void> {
    await this.close();
    this.#stop = new AbortController();
    const store = await openSqliteStore({ path: join(this.directory, "test.db") });
    if ("code" in store) throw new Error(store.message);
    this.#store = store;
    this.#registry = await Registry.open(
      {
        store,
        statusOf: (key) => {
          this.statusReads++;
          return this.statuses.get(key);
        },
        now: () => "2026-01-01T00:00:00Z",
        ...(limits ? { limits } : {}),
      },
      this.#stop.signal,
    );
  }

  /** Writes an object whatever is there. */
  async put(object: RawObject): Promise<void> {
    const key = keyOfRaw(object);
    const expected = this.registry.stored(key)?.revision ?? 0;
    const outcome = await this.registry.write([{ key, object, expected }]);
    if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
  }

  /** Whatever somebody else makes of it meanwhile. */
  async remove(key: ObjectKey): Promise<void> {
    const outcome = await this.store.write([{ key, value: undefined }]);
    if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#store?.close();
    this.#store = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function keyOfRaw({ kind, metadata }: RawObject): ObjectKey {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}

export function rawService(name: string, more: Partial<RawObject["metadata"]> = {}, port = 80): RawObject {
  return {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name, namespace: "shop", uid: `uid-${name}`, generation: 1, ...more },
    spec: { port, backends: [{ name: "vm", platform: "datacenter" }] },
  };
}

export function rawNamespace(name: string, more: Partial<RawObject["metadata"]> = {}): RawObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, uid: `uid-ns-${name}`, ...more } };
}

export function names(objects: Iterable<ServedObject>): string[] {
  return Array.from(objects, ({ name }) => name);
}

export function revisionIn(object: ServedObject): string | undefined {
  return decodeObject(object.json).metadata.resourceVersion;
}

function fail(): never {
  throw new Error("not open");
}
