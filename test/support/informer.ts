/**
 * The informer of Kubernetes' own client for JavaScript: lists one resource, watches it from there, and keeps what it
 * has heard. As in a controller, it starts again by itself when the connection fails.
 */

import { setTimeout as delay } from "node:timers/promises";
import {
  CustomObjectsApi,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  ListWatch,
  Watch,
} from "@kubernetes/client-node";
import { waitFor } from "./wait-for.ts";

/** Before it starts again. A controller would wait longer each time. */
const AGAIN_AFTER_MS = 50;

export type InformerEvent =
  | { readonly type: "add" | "update" | "delete"; readonly object: KubernetesObject }
  /** It is about to list, or to watch from where it was. */
  | { readonly type: "connect" }
  | { readonly type: "error"; readonly message: string };

export interface InformerTarget {
  readonly kubeconfigPath: string;
  /** `/apis/<group>/<version>/<plural>`, or with `/namespaces/<namespace>` before the plural. */
  readonly resourcePath: string;
  readonly labelSelector?: string;
}

export class TestInformer implements AsyncDisposable {
  readonly #events: InformerEvent[] = [];
  readonly #stopped = new AbortController();
  readonly #watch: EndableWatch;
  readonly #informer: ListWatch<KubernetesObject>;

  private constructor({ kubeconfigPath, resourcePath, labelSelector }: InformerTarget) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfigPath);
    this.#watch = new EndableWatch(config);
    // What makeInformer makes, except that this one can be ended at any moment and doesn't wait for seconds.
    this.#informer = new ListWatch(
      resourcePath,
      this.#watch,
      listOf(config, resourcePath, labelSelector),
      false,
      labelSelector,
      undefined,
      { delayFn: () => delay(AGAIN_AFTER_MS) },
    );
    for (const type of ["add", "update", "delete"] as const) {
      this.#informer.on(type, (object) => this.#events.push({ type, object }));
    }
    this.#informer.on("connect", () => this.#events.push({ type: "connect" }));
    this.#informer.on("error", (error) => this.#failed(error));
  }

  /** Its first list may not have come yet: wait for `until`. */
  static start(target: InformerTarget): TestInformer {
    const informer = new TestInformer(target);
    informer.#start();
    return informer;
  }

  /** All so far, oldest first. */
  get events(): readonly InformerEvent[] {
    return this.#events;
  }

  get(name: string, namespace?: string): KubernetesObject | undefined {
    return this.#informer.get(name, namespace);
  }

  /** What it believes to exist now. */
  list(): readonly KubernetesObject[] {
    return this.#informer.list();
  }

  /** Waits until what it has heard satisfies the condition. */
  async until(what: string, condition: (informer: this) => boolean): Promise<void> {
    await waitFor(what, () => condition(this), { last: () => this.#events.slice(-5) });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#informer.stop();
    this.#watch.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #start(): void {
    this.#informer.start().catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    this.#events.push({ type: "error", message: String(error) });
    setTimeout(() => {
      if (!this.#stopped.signal.aborted) this.#start();
    }, AGAIN_AFTER_MS);
  }
}

/** The client's informer gets hold of a watch only when it is connected, so by itself it can't end one before that. */
class EndableWatch extends Watch {
  #ended = false;
  #last: Promise<AbortController> | undefined;

  override watch(...args: Parameters<Watch["watch"]>): Promise<AbortController> {
    this.#last = this.#ended ? Promise.resolve(new AbortController()) : super.watch(...args);
    return this.#last;
  }

  end(): void {
    this.#ended = true;
    this.#last?.then(
      (connected) => connected.abort(),
      () => {},
    );
  }
}

function listOf(
  config: KubeConfig,
  resourcePath: string,
  labelSelector: string | undefined,
): () => Promise<KubernetesListObject<KubernetesObject>> {
  const parts = /^\/apis\/([^/]+)\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(resourcePath);
  if (parts === null) throw new Error(`not the path of a resource of a group: ${resourcePath}`);
  const [, group = "", version = "", namespace, plural = ""] = parts;
  const api = config.makeApiClient(CustomObjectsApi);
  const what = { group, version, plural, ...(labelSelector === undefined ? {} : { labelSelector }) };
  return () =>
    namespace === undefined
      ? api.listClusterCustomObject(what)
      : api.listNamespacedCustomObject({ ...what, namespace });
}
