import type { ServerResponse } from "node:http";
import type { ObjectFilter, ObjectView, ProxyView, WatchLine, WatchTopic } from "../../client/local-types.ts";
import { equal } from "../../lib/equal.ts";
import { redact } from "../../lib/redact.ts";
import { type ObjectKey, parseObjectKey } from "../../model/keys.ts";
import { keyOf } from "../../model/metadata.ts";
import type { ControlView, ViewChange } from "./control-view.ts";

export interface WatchRequest {
  readonly topics: readonly WatchTopic[];
  readonly filter: ObjectFilter;
}

/**
 * Writes what is there, then what changes, as one JSON object a line, until the client or `signal` ends it.
 * A client that reads slowly gets the newest state of what changed meanwhile, not every step.
 */
export function streamWatch(
  view: ControlView,
  request: WatchRequest,
  response: ServerResponse,
  signal: AbortSignal,
): void {
  new WatchStream(view, request, response, signal).start();
}

class WatchStream {
  readonly #view: ControlView;
  readonly #request: WatchRequest;
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #objects = new Map<ObjectKey, ObjectView>();
  readonly #proxies = new Map<string, ProxyView>();
  readonly #changedObjects = new Set<ObjectKey>();
  readonly #changedTopics = new Set<WatchTopic>();
  #isFull = false;

  constructor(view: ControlView, request: WatchRequest, response: ServerResponse, signal: AbortSignal) {
    this.#view = view;
    this.#request = request;
    this.#response = response;
    this.#signal = signal;
  }

  start(): void {
    const { topics, filter } = this.#request;
    this.#response.writeHead(200, { "content-type": "application/x-ndjson" });
    this.#response.flushHeaders();
    this.#response.on("drain", () => {
      this.#isFull = false;
      this.#flush();
    });
    this.#view.watch(topics, (change) => this.#onChange(change), this.#signal);
    if (topics.includes("objects"))
      for (const { resource } of this.#view.objects(filter)) this.#changedObjects.add(keyOf(resource));
    for (const topic of topics) if (topic !== "objects") this.#changedTopics.add(topic);
    this.#flush();
  }

  #onChange(change: ViewChange): void {
    if (change.topic === "objects") for (const key of change.keys) this.#changedObjects.add(key);
    else this.#changedTopics.add(change.topic);
    this.#flush();
  }

  #flush(): void {
    for (const key of this.#changedObjects) {
      if (this.#isFull) return;
      this.#changedObjects.delete(key);
      this.#sendObject(key);
    }
    for (const topic of this.#changedTopics) {
      if (this.#isFull) return;
      this.#changedTopics.delete(topic);
      if (topic === "problems") this.#send({ topic, problems: this.#view.problems() });
      else this.#sendProxies();
    }
  }

  #sendObject(key: ObjectKey): void {
    if (!matches(key, this.#request.filter)) return;
    const before = this.#objects.get(key);
    const found = this.#view.object(key);
    const object = found && (redact(found) as ObjectView);
    if (object === undefined) {
      this.#objects.delete(key);
      if (before) this.#send({ topic: "objects", type: "DELETED", object: before });
    } else if (!equal(object, before)) {
      this.#objects.set(key, object);
      this.#send({ topic: "objects", type: before ? "MODIFIED" : "ADDED", object });
    }
  }

  #sendProxies(): void {
    const now = new Map(this.#view.proxies().map((proxy) => [`${proxy.gateway} ${proxy.instance}`, proxy]));
    for (const [key, proxy] of this.#proxies) {
      if (now.has(key)) continue;
      this.#proxies.delete(key);
      this.#send({ topic: "proxies", type: "DELETED", proxy });
    }
    for (const [key, proxy] of now) {
      const before = this.#proxies.get(key);
      if (equal(before, proxy)) continue;
      this.#proxies.set(key, proxy);
      this.#send({ topic: "proxies", type: before ? "MODIFIED" : "ADDED", proxy });
    }
  }

  #send(line: WatchLine): void {
    if (!this.#response.write(`${JSON.stringify(line)}\n`)) this.#isFull = true;
  }
}

function matches(key: ObjectKey, filter: ObjectFilter): boolean {
  const name = parseObjectKey(key);
  return (
    (filter.kind === undefined || filter.kind === name.kind) &&
    (filter.namespace === undefined || filter.namespace === name.namespace) &&
    (filter.name === undefined || filter.name === name.name)
  );
}
