/**
 * Creates, changes and deletes objects: reads what is there, lets the caller say what is to be, checks it, and writes it
 * against the revision that it read. Who loses that race without having named a revision tries again on the newer object.
 */

import { equal } from "../../lib/equal.ts";
import { type ObjectKey, objectKey } from "../../model/keys.ts";
import type { AnyResource } from "../../model/kinds.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { readObject } from "../../model/object-reader.ts";
import { decodeObject, encodeObject } from "../../registry/json.ts";
import { bornObject, changedObject, dyingObject, isDead, isDying, objectWithStatus } from "../../registry/lifecycle.ts";
import type { ObjectWrite, Registry } from "../../registry/registry.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import type { JournalNote, WriteOutcome } from "../../storage/store.ts";
import { alreadyExists, conflict, forbidden, notFound } from "../status/failures.ts";
import { invalid } from "../status/invalid.ts";
import type { Status } from "../status/status.ts";
import { admit, type FieldValidation, type Place } from "./admit.ts";
import { heldBy } from "./deletion.ts";
import { immutableFindings } from "./immutable.ts";
import { sizeFailure } from "./object-size.ts";
import { readOnly } from "./read-only.ts";
import { resourceOf } from "./resource-name.ts";
import { parseRevision } from "./resource-version.ts";
import { storageFailure } from "./storage-failure.ts";

export type Result<Value> = { readonly value: Value } | { readonly failure: Status };

export interface Written {
  readonly object: ServedObject;
  readonly warnings: readonly string[];
}

/** One request's write. */
export interface WriteRequest {
  readonly place: Place;
  readonly validation: FieldValidation;
  readonly dryRun: boolean;
  /** Follows the change from here until it is live. */
  readonly change: { readonly id: string; readonly traceparent?: string | undefined };
  /** What its author may not do although the verb is theirs: refer to what isn't given to them, grant what they don't have. */
  readonly gate: (before: () => AnyResource | undefined, after: AnyResource) => Status | undefined;
  /** For the journal; objects as they are stored. */
  readonly note: (before: RawObject | undefined, after: RawObject | undefined) => JournalNote;
}

export interface Deleted {
  readonly object: ServedObject;
  /** False while it waits for its finalizers. */
  readonly isGone: boolean;
}

export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface WriteTrail {
  writeBegan(id: string, key: ObjectKey, traceparent: string | undefined): void;
  /** Somebody else was quicker: it may be tried again on the newer object. */
  writeLost(id: string, key: ObjectKey): void;
  /** It won't be. */
  writeFailed(id: string, key: ObjectKey, reason: string): void;
}

export interface ObjectWriterOptions {
  readonly registry: Registry;
  /** RFC 3339, whole seconds. */
  readonly now: () => string;
  readonly newUid: () => string;
  /** Five characters for generateName. */
  readonly newSuffix: () => string;
  readonly trail: WriteTrail;
}

const MAX_TRIES = 8;
/** Kubernetes cuts the prefix so that the name still fits. */
const MAX_GENERATED_PREFIX = 58;

export class ObjectWriter {
  readonly #options: ObjectWriterOptions;
  /** Changes whose last attempt came second. */
  readonly #lost = new Set<string>();

  constructor(options: ObjectWriterOptions) {
    this.#options = options;
  }

  async create(body: unknown, request: WriteRequest): Promise<Result<Written>> {
    const { registry, now, newUid } = this.#options;
    const { definition, namespace } = request.place;
    const missing = await this.#namespaceFailure(request.place);
    if (missing) return { failure: missing };
    const admission = admit(this.#named(body), request.place, request.validation);
    if ("failure" in admission) return admission;
    const { object, resource, warnings } = admission.admitted;
    const name = object.metadata.name ?? "";
    const key = objectKey(definition.kind, namespace, name);
    if (await registry.find(key)) return { failure: alreadyExists(resourceOf(definition), name) };
    const refusal = request.gate(() => undefined, resource);
    if (refusal) return { failure: refusal };
    const born = bornObject(object, { name, namespace, uid: newUid(), now: now() });
    const tooLarge = sizeFailure(born);
    if (tooLarge) return { failure: tooLarge };
    if (request.dryRun) return { value: { object: pretended(key, request.place, born, undefined), warnings } };
    const outcome = await this.#commit({ key, object: born, expected: 0 }, request, request.note(undefined, born));
    if (outcome.kind === "conflict") {
      this.#endLost(key, request);
      return { failure: alreadyExists(resourceOf(definition), name) };
    }
    return this.#written(key, outcome, warnings);
  }

  /** @param change gets the object as clients see it, and returns the whole new one */
  async update(
    key: ObjectKey,
    change: (shown: RawObject) => Result<unknown>,
    request: WriteRequest,
    subresource: "" | "status",
  ): Promise<Result<Written>> {
    const updated = await this.#update(key, change, request, subresource);
    this.#endLost(key, request);
    return updated;
  }

  async #update(
    key: ObjectKey,
    change: (shown: RawObject) => Result<unknown>,
    request: WriteRequest,
    subresource: "" | "status",
  ): Promise<Result<Written>> {
    for (let tries = 1; ; tries++) {
      const found = await this.#writable(key, request.place);
      if ("failure" in found) return found;
      const { served, before, revision } = found.value;
      const changed = change(decodeObject(served.json));
      if ("failure" in changed) return changed;
      const admission = admit(changed.value, request.place, subresource === "status" ? "Ignore" : request.validation);
      if ("failure" in admission) return admission;
      const { object, resource, warnings } = admission.admitted;
      const stale = preconditionFailure(served, object.metadata);
      if (stale) return { failure: stale };
      const next =
        subresource === "status"
          ? objectWithStatus(before, { ...object, status: this.#options.registry.foreignStatus(key, object) })
          : changedObject(before, object);
      const refusal = this.#refusal(before, next, resource, request);
      if (refusal) return { failure: refusal };
      if (equal(next, before) && !isDead(next)) return { value: { object: served, warnings } };
      if (request.dryRun) return { value: { object: pretended(key, request.place, next, served), warnings } };
      const write = { key, object: isDead(next) ? undefined : next, expected: revision };
      const outcome = await this.#commit(write, request, request.note(before, write.object));
      if (outcome.kind !== "conflict") {
        if (write.object === undefined && outcome.kind === "written") return { value: { object: served, warnings } };
        return this.#written(key, outcome, warnings);
      }
      const named = "metadata" in asObject(changed.value) ? namedRevision(changed.value) : undefined;
      if ((named !== undefined && named !== String(served.revision)) || tries >= MAX_TRIES)
        return { failure: conflict(resourceOf(request.place.definition), served.name, RACE) };
    }
  }

  /** @returns the object as it was, or as it waits for its finalizers */
  async delete(
    key: ObjectKey,
    preconditions: Preconditions,
    propagation: Propagation,
    request: WriteRequest,
  ): Promise<Result<Deleted>> {
    const deleted = await this.#delete(key, preconditions, propagation, request);
    this.#endLost(key, request);
    return deleted;
  }

  async #delete(
    key: ObjectKey,
    preconditions: Preconditions,
    propagation: Propagation,
    request: WriteRequest,
  ): Promise<Result<Deleted>> {
    for (;;) {
      const found = await this.#writable(key, request.place, "hidden too");
      if ("failure" in found) return found;
      const { served, before, revision } = found.value;
      const stale = preconditionFailure(served, preconditions);
      if (stale) return { failure: stale };
      const finalizers = isDying(before) ? (before.metadata.finalizers ?? []) : heldBy(before, propagation);
      const isGone = finalizers.length === 0;
      if (isDying(before) && !isGone) return { value: { object: served, isGone: false } };
      const next = isGone ? undefined : dyingObject(before, this.#options.now(), finalizers);
      if (request.dryRun) return { value: { object: served, isGone } };
      const outcome = await this.#commit(
        { key, object: next, expected: revision },
        request,
        request.note(before, next),
      );
      if (outcome.kind === "refused") return { failure: storageFailure(outcome.problem) };
      if (outcome.kind === "written") {
        const now = isGone ? served : (this.#options.registry.peek(key) ?? served);
        return { value: { object: now, isGone } };
      }
      // Somebody else was quicker: whatever they made of it is to go.
    }
  }

  async #commit(write: ObjectWrite, { change }: WriteRequest, note: JournalNote): Promise<WriteOutcome> {
    const { registry, trail } = this.#options;
    trail.writeBegan(change.id, write.key, change.traceparent);
    const outcome = await registry.write([write], note);
    if (outcome.kind === "conflict") {
      trail.writeLost(change.id, write.key);
      this.#lost.add(change.id);
    } else this.#lost.delete(change.id);
    if (outcome.kind === "refused") trail.writeFailed(change.id, write.key, outcome.problem.message);
    return outcome;
  }

  /** A write that lost its race, and then found nothing left to do or was refused, isn't on its way any more. */
  #endLost(key: ObjectKey, { change }: WriteRequest): void {
    if (this.#lost.delete(change.id)) this.#options.trail.writeFailed(change.id, key, "somebody else was quicker");
  }

  async #writable(
    key: ObjectKey,
    { definition }: Place,
    which: "served" | "hidden too" = "served",
  ): Promise<Result<{ served: ServedObject; before: RawObject; revision: number }>> {
    const served = await this.#options.registry.find(key);
    if (!served) return { failure: notFound(resourceOf(definition), key.slice(key.lastIndexOf("/") + 1)) };
    const stored = this.#options.registry.stored(key);
    // One that a file hides can only be taken away: that is the way out of there being two.
    const isHidden = which === "hidden too" && served.owner.kind === "file";
    if ((served.owner.kind !== "store" && !isHidden) || !stored) return { failure: readOnly(served) };
    return { value: { served, before: decodeObject(stored.json), revision: stored.revision } };
  }

  #refusal(before: RawObject, next: RawObject, resource: AnyResource, request: WriteRequest): Status | undefined {
    const { definition } = request.place;
    const tooLarge = sizeFailure(next);
    if (tooLarge) return tooLarge;
    const findings = immutableFindings(before, next);
    if (findings.length > 0) return invalid(definition, next.metadata.name ?? "", findings);
    return request.gate(() => readObject(before).resource, resource);
  }

  async #namespaceFailure({ definition, namespace, name }: Place): Promise<Status | undefined> {
    if (!definition.namespaced) return undefined;
    const found = await this.#options.registry.find(objectKey("Namespace", "", namespace));
    if (!found) return notFound({ group: "", resource: "namespaces" }, namespace);
    if (!isDying(decodeObject(found.json))) return undefined;
    return forbidden(
      resourceOf(definition),
      name ?? "",
      `the namespace ${namespace} is being deleted, nothing new can be made in it`,
    );
  }

  #named(body: unknown): unknown {
    const object = asObject(body);
    const metadata = asObject(object.metadata);
    const { name, generateName } = metadata;
    if ((name !== undefined && name !== "") || typeof generateName !== "string" || generateName === "") return body;
    const made = generateName.slice(0, MAX_GENERATED_PREFIX) + this.#options.newSuffix();
    return { ...object, metadata: { ...metadata, name: made } };
  }

  /** As it was written: what follows for its status, watches and later reads tell. */
  #written(key: ObjectKey, outcome: WriteOutcome, warnings: readonly string[]): Result<Written> {
    if (outcome.kind === "refused") return { failure: storageFailure(outcome.problem) };
    const object = this.#options.registry.peek(key);
    if (!object) throw new Error(`${key} was written and isn't there`);
    return { value: { object, warnings } };
  }
}

const RACE = "the object has been modified; please apply your changes to the latest version and try again";

/**
 * A named revision fits while nobody changed what its author can change: later revisions are of the status that the
 * control plane itself writes.
 */
function preconditionFailure(served: ServedObject, { uid, resourceVersion }: Preconditions): Status | undefined {
  const { definition, name, owner, revision } = served;
  if (uid !== undefined && uid !== served.uid)
    return conflict(
      resourceOf(definition),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${served.uid}`,
    );
  if (resourceVersion === undefined || resourceVersion === "") return undefined;
  const named = parseRevision(resourceVersion);
  // A write that shows nowhere (a status that is ours to say) leaves the object at the revision that it had before.
  const since = owner.kind === "store" ? Math.min(owner.revision, revision) : revision;
  return named !== undefined && named >= since && named <= revision
    ? undefined
    : conflict(resourceOf(definition), name, RACE);
}

function namedRevision(value: unknown): string | undefined {
  const { resourceVersion } = asObject(asObject(value).metadata);
  return typeof resourceVersion === "string" && resourceVersion !== "" ? resourceVersion : undefined;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** What a dry run would have made: with the status and revision that are there now. */
function pretended(
  key: ObjectKey,
  { definition }: Place,
  object: RawObject,
  served: ServedObject | undefined,
): ServedObject {
  const { namespace = "", name = "", uid = "", labels = {} } = object.metadata;
  const { status, metadata } = served ? decodeObject(served.json) : object;
  const { resourceVersion } = metadata;
  const json = encodeObject({
    ...object,
    metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    ...(status === undefined ? {} : { status }),
  });
  const revision = served?.revision ?? 0;
  return { key, definition, namespace, name, uid, revision, labels, json, owner: { kind: "store", revision } };
}
