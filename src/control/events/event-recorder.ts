/**
 * Events about objects (core/v1), as kubectl describe and kubectl events show them. They are kept in memory, for an hour, and
 * at most some hundred: what has to last is in the audit journal.
 */
import { createHash } from "node:crypto";
import type { StatusView } from "../../client/local-types.ts";
import { namedUuid } from "../../lib/named-uuid.ts";
import { type ObjectKey, objectKey, parseObjectKey } from "../../model/keys.ts";
import type { RawObject } from "../../model/object-meta.ts";
import type { Registry } from "../../registry/registry.ts";
import { conditionEvents, NO_TROUBLES, type ObjectEvent, type Troubles, troublesOf } from "./condition-events.ts";

const KEEP_MS = 3_600_000;
const MAX_EVENTS = 500;
const SWEEP_MS = 60_000;
const COMPONENT = "landbridge";

interface Kept {
  readonly object: RawObject;
  readonly at: number;
}

export class EventRecorder {
  readonly #registry: Registry;
  readonly #kept = new Map<ObjectKey, Kept>();
  /** Of objects with which something is wrong. */
  readonly #troubles = new Map<ObjectKey, Troubles>();
  #isRecording = false;

  constructor(registry: Registry, signal: AbortSignal) {
    this.#registry = registry;
    const sweep = setInterval(() => this.#sweep(Date.now()), SWEEP_MS).unref();
    signal.addEventListener("abort", () => clearInterval(sweep), { once: true });
  }

  /** From now on what changes is news. Before, everything was read for the first time. */
  start(): void {
    this.#isRecording = true;
  }

  /** The status of an object as it is now; undefined when the object is gone. */
  observe(key: ObjectKey, status: StatusView | undefined): void {
    const before = this.#troubles.get(key) ?? NO_TROUBLES;
    const troubles = status ? troublesOf(status) : NO_TROUBLES;
    if (troubles.size > 0) this.#troubles.set(key, troubles);
    else this.#troubles.delete(key);
    if (!status) return;
    const events = conditionEvents(before, status);
    if (this.#isRecording) for (const event of events) this.#record(key, event, Date.now());
  }

  /** The same again is counted, not told anew. */
  #record(key: ObjectKey, event: ObjectEvent, at: number): void {
    const { kind, namespace, name } = parseObjectKey(key);
    const about = this.#registry.peek(key);
    const hash = createHash("sha256").update(`${key}\n${event.reason}\n${event.message}`).digest("hex").slice(0, 16);
    // Events about cluster-scoped objects are in "default", as in Kubernetes.
    const place = namespace === "" ? "default" : namespace;
    const eventName = `${name.slice(0, 230)}.${hash}`;
    const eventKey = objectKey("Event", place, eventName);
    const before = this.#kept.get(eventKey)?.object;
    const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
    const object: RawObject = {
      apiVersion: "v1",
      kind: "Event",
      metadata: before?.metadata ?? {
        name: eventName,
        namespace: place,
        uid: namedUuid(`landbridge event ${eventKey} ${at}`),
        creationTimestamp: time,
      },
      involvedObject: {
        apiVersion: about?.definition.group ? `${about.definition.group}/${about.definition.versions[0]}` : "v1",
        kind,
        name,
        ...(namespace === "" ? {} : { namespace }),
        ...(about ? { uid: about.uid, resourceVersion: String(about.revision) } : {}),
      },
      type: event.type,
      reason: event.reason,
      message: event.message.slice(0, 1024),
      count: Number(before?.count ?? 0) + 1,
      firstTimestamp: before?.firstTimestamp ?? time,
      lastTimestamp: time,
      source: { component: COMPONENT },
      reportingComponent: COMPONENT,
      reportingInstance: COMPONENT,
    };
    this.#kept.delete(eventKey);
    this.#kept.set(eventKey, { object, at });
    this.#registry.setVolatile(eventKey, object);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_EVENTS) break;
      this.#forget(oldest);
    }
  }

  #sweep(now: number): void {
    for (const [key, { at }] of this.#kept) {
      if (now - at < KEEP_MS) return;
      this.#forget(key);
    }
  }

  #forget(key: ObjectKey): void {
    this.#kept.delete(key);
    this.#registry.setVolatile(key, undefined);
  }
}
