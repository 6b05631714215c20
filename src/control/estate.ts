/**
 * All objects and what follows from them: the model, compiled, with statuses and problems. No I/O: time comes in.
 */
import type { PlanView } from "../client/plan-view.ts";
import { type CompileDelta, Compiler, type Edit } from "../compiler/compiler.ts";
import type { Printable } from "../compiler/print.ts";
import type { CompileOptions } from "../compiler/routing/routing.ts";
import type { RoutingView } from "../compiler/routing/view.ts";
import type { ObjectStatus } from "../compiler/status.ts";
import { statusProblems } from "../compiler/status-problems.ts";
import type { SourcedResource, SourceUpdate } from "../config/source.ts";
import type { EndpointQuery, EndpointSet } from "../model/endpoints.ts";
import type { ObjectKey } from "../model/keys.ts";
import { keyOf } from "../model/metadata.ts";
import type { Problem } from "../model/problem.ts";
import { admission, certificateProblem } from "./admission.ts";
import { defectProblem } from "./defect-problem.ts";
import { type PlannedEdits, preview } from "./plan/preview.ts";

export interface HeldObject extends SourcedResource {
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The newest version of a Secret that can't serve, while an older one does. */
interface HeldBack {
  readonly sourced: SourcedResource;
  readonly problem: Problem;
}

export interface EstateChange extends CompileDelta {
  /** Objects whose own content came, changed or went. */
  readonly edited: readonly ObjectKey[];
}

export class Estate {
  readonly #compiler: Compiler;
  readonly #objects = new Map<ObjectKey, HeldObject>();
  readonly #statuses = new Map<ObjectKey, ObjectStatus>();
  readonly #statusProblems = new Map<ObjectKey, readonly Problem[]>();
  readonly #expiry = new Map<ObjectKey, Problem>();
  /** Of Secrets whose newest version doesn't serve, because the one before it does. */
  readonly #heldBack = new Map<ObjectKey, HeldBack>();
  #sourceProblems: readonly Problem[] = [];
  #defects: readonly Problem[] = [];

  constructor(options: CompileOptions) {
    this.#compiler = new Compiler(options);
  }

  get routing(): RoutingView {
    return this.#compiler.routing;
  }

  /** For printing: everything, by stage. */
  compiled(): Printable {
    return {
      objects: Array.from(this.#objects.values(), ({ resource }) => resource),
      routing: this.#compiler.routing,
      resources: (gateway) => this.#compiler.resources(gateway),
    };
  }

  objects(): Iterable<HeldObject> {
    return this.#objects.values();
  }

  object(key: ObjectKey): HeldObject | undefined {
    return this.#objects.get(key);
  }

  status(key: ObjectKey): ObjectStatus | undefined {
    return this.#statuses.get(key);
  }

  problems(): readonly Problem[] {
    return [
      ...this.#sourceProblems,
      ...this.#expiry.values(),
      ...Array.from(this.#heldBack.values(), ({ problem }) => problem),
      ...[...this.#statusProblems.keys()].flatMap((key) => this.#placedStatusProblems(key)),
      ...this.#defects,
    ];
  }

  /** What these edits would change; nothing is changed, nothing published. Costs work for what they reach. */
  preview(edits: PlannedEdits, now: number): PlanView {
    return preview(
      {
        compiler: this.#compiler,
        objectOf: (key) => this.#objects.get(key),
        statusOf: (key) => this.#statuses.get(key),
        ownProblemsOf: (key) => this.#ownProblemsOf(key),
        expiryOf: (key) => this.#expiry.get(key),
      },
      edits,
      now,
    );
  }

  applySource(update: SourceUpdate, now: number): EstateChange {
    this.#sourceProblems = update.problems;
    const edits: Edit[] = [];
    for (const key of update.removals) {
      this.#objects.delete(key);
      this.#expiry.delete(key);
      this.#heldBack.delete(key);
      edits.push({ kind: "remove", key });
    }
    for (const sourced of update.upserts)
      if (this.#admit(sourced, now)) edits.push({ kind: "set", resource: sourced.resource });
    const edited = edits.map((edit) =>
      edit.kind === "set" ? keyOf(edit.resource) : edit.kind === "remove" ? edit.key : "",
    );
    return { ...this.#compile(edits), edited };
  }

  applyEndpoints(found: Iterable<{ readonly query: EndpointQuery; readonly set: EndpointSet }>): EstateChange {
    return {
      ...this.#compile(Array.from(found, ({ query, set }): Edit => ({ kind: "endpoints", query, set }))),
      edited: [],
    };
  }

  /**
   * Looks at all certificates against the clock again; one that was held back because it wasn't valid yet is taken.
   * @returns undefined if nothing changed, not even a problem
   */
  checkExpiry(now: number): EstateChange | undefined {
    const before = JSON.stringify([...this.#expiry]);
    for (const held of this.#objects.values()) this.#noteExpiry(keyOf(held.resource), certificateProblem(held, now));
    const due = Array.from(this.#heldBack.values(), ({ sourced }) => sourced).filter((each) => this.#admit(each, now));
    if (due.length === 0 && JSON.stringify([...this.#expiry]) === before) return undefined;
    const delta = this.#compile(due.map(({ resource }) => ({ kind: "set", resource })));
    return { ...delta, edited: due.map(({ resource }) => keyOf(resource)) };
  }

  /** @returns whether the object's content changes */
  #admit(sourced: SourcedResource, now: number): boolean {
    const { resource, origin } = sourced;
    const key = keyOf(resource);
    const before = this.#objects.get(key);
    const admitted = admission(sourced, before?.resource, now);
    if (admitted.kind === "held-back") {
      this.#heldBack.set(key, { sourced, problem: admitted.problem });
      return false;
    }
    this.#heldBack.delete(key);
    this.#noteExpiry(key, admitted.expiry);
    this.#objects.set(key, { resource, origin, since: before?.since ?? now });
    return before?.resource !== resource;
  }

  #noteExpiry(key: ObjectKey, problem: Problem | undefined): void {
    if (problem) this.#expiry.set(key, problem);
    else this.#expiry.delete(key);
  }

  #compile(edits: readonly Edit[]): CompileDelta {
    const delta = this.#compiler.update(edits);
    for (const [key, status] of delta.statuses) this.#noteStatus(key, status);
    if (delta.defects.length > 0 || edits.length > 0) this.#defects = delta.defects.map(defectProblem);
    return delta;
  }

  #ownProblemsOf(key: ObjectKey): readonly Problem[] {
    return [this.#expiry.get(key), this.#heldBack.get(key)?.problem].filter((problem) => problem !== undefined);
  }

  /** With the place where the object is now: it moves without a change of the object. */
  #placedStatusProblems(key: ObjectKey): readonly Problem[] {
    const problems = this.#statusProblems.get(key) ?? [];
    const position = this.#objects.get(key)?.origin.position;
    return position ? problems.map((problem) => ({ ...problem, position })) : problems;
  }

  #noteStatus(key: ObjectKey, status: ObjectStatus | undefined): void {
    const problems = status ? statusProblems(key, status) : [];
    if (problems.length === 0) this.#statusProblems.delete(key);
    else this.#statusProblems.set(key, problems);
    if (status) this.#statuses.set(key, status);
    else this.#statuses.delete(key);
  }
}
