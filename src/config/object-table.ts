import { equal } from "../lib/equal.ts";
import { formatPosition } from "../model/format-position.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import type { Problem, SourcePosition } from "../model/problem.ts";
import { CONFIG_PROBLEMS } from "./problem-codes.ts";
import type { SourcedResource } from "./source.ts";

/** One file's word on one object. */
export interface Claim {
  readonly resource: AnyResource;
  readonly position: SourcePosition;
}

interface Live {
  readonly file: string;
  readonly resource: AnyResource;
  readonly position: SourcePosition;
}

interface Changes {
  readonly upserts: readonly SourcedResource[];
  readonly removals: readonly ObjectKey[];
}

/**
 * Which file serves which object. Files claim objects; of several claims for one object the file that already
 * serves it wins, else the first by name. Gives generations, and says what changed since it was last asked.
 */
export class ObjectTable {
  readonly #source: string;
  readonly #claims = new Map<ObjectKey, Map<string, Claim>>();
  /** Claims that a file no longer makes, kept until that is certain. A claim that is really made beats them. */
  readonly #fading = new Map<ObjectKey, Set<string>>();
  readonly #live = new Map<ObjectKey, Live>();
  readonly #contested = new Set<ObjectKey>();
  readonly #touched = new Set<ObjectKey>();

  constructor(source: string) {
    this.#source = source;
  }

  claim(file: string, claim: Claim): void {
    const key = keyOf(claim.resource);
    const claims = this.#claims.get(key) ?? new Map<string, Claim>();
    this.#claims.set(key, claims.set(file, claim));
    this.#fading.get(key)?.delete(file);
    this.#touched.add(key);
  }

  /** The file no longer has the object, as it seems: another file's claim may take over, but nothing is removed yet. */
  fade(file: string, key: ObjectKey): void {
    const fading = this.#fading.get(key) ?? new Set<string>();
    this.#fading.set(key, fading.add(file));
    this.#touched.add(key);
  }

  /** Takes `fade` back: the claim stands as it was. */
  unfade(file: string, key: ObjectKey): void {
    if (this.#fading.get(key)?.delete(file)) this.#touched.add(key);
  }

  /** The file no longer has the object, for certain. */
  withdraw(file: string, key: ObjectKey): void {
    const claims = this.#claims.get(key);
    claims?.delete(file);
    if (claims?.size === 0) this.#claims.delete(key);
    const fading = this.#fading.get(key);
    fading?.delete(file);
    if (fading?.size === 0) this.#fading.delete(key);
    this.#touched.add(key);
  }

  /** What changed since the last call. Costs work for the objects that were touched, only. */
  settle(): Changes {
    const upserts: SourcedResource[] = [];
    const removals: ObjectKey[] = [];
    for (const key of this.#touched) {
      const winner = this.#winner(key);
      if (winner === undefined) {
        if (this.#live.delete(key)) removals.push(key);
      } else {
        const upsert = this.#update(key, winner.file, winner.claim);
        if (upsert) upserts.push(upsert);
      }
      if (this.#standing(key).length > 1) this.#contested.add(key);
      else this.#contested.delete(key);
    }
    this.#touched.clear();
    return { upserts, removals };
  }

  /** An object that only moved keeps its very resource: whoever compares by identity sees that nothing is to be done. */
  #update(key: ObjectKey, file: string, { resource: claimed, position }: Claim): SourcedResource | undefined {
    const before = this.#live.get(key);
    const made = withGeneration(claimed, before?.resource);
    const resource = before && equal(made, before.resource) ? before.resource : made;
    this.#live.set(key, { file, resource, position });
    if (resource === before?.resource && equal(position, before.position)) return undefined;
    return { resource, origin: { source: this.#source, position } };
  }

  /** One problem for each claim that does not serve because another does. */
  conflicts(): Problem[] {
    const problems: Problem[] = [];
    for (const key of [...this.#contested].sort()) {
      const winner = this.#winner(key);
      for (const [file, claim] of this.#standing(key)) {
        if (winner === undefined || file === winner.file) continue;
        problems.push(duplicateProblem(key, claim.position, winner.claim.position));
      }
    }
    return problems;
  }

  #winner(key: ObjectKey): { file: string; claim: Claim } | undefined {
    const standing = this.#standing(key);
    const candidates = standing.length > 0 ? standing : [...(this.#claims.get(key) ?? [])];
    const served = this.#live.get(key)?.file;
    const kept = candidates.find(([file]) => file === served);
    const first =
      kept ?? candidates.reduce<[string, Claim] | undefined>((a, b) => (a && a[0] < b[0] ? a : b), undefined);
    return first && { file: first[0], claim: first[1] };
  }

  /** The claims that files really make. */
  #standing(key: ObjectKey): [string, Claim][] {
    const fading = this.#fading.get(key);
    return [...(this.#claims.get(key) ?? [])].filter(([file]) => !fading?.has(file));
  }
}

export function duplicateProblem(key: ObjectKey, position: SourcePosition, serving: SourcePosition): Problem {
  return {
    code: "LB1410",
    severity: "error",
    message: `the same object is in ${formatPosition(serving)}; that one serves, this one is ignored`,
    hint: CONFIG_PROBLEMS.LB1410.wayOut,
    path: "",
    object: key,
    position,
  };
}

/** metadata.generation as the Kubernetes API server counts: 1, then +1 with each change of anything but metadata and status. */
function withGeneration(resource: AnyResource, before: AnyResource | undefined): AnyResource {
  const last = before?.metadata.generation ?? 0;
  const generation = before !== undefined && equal(desired(resource), desired(before)) ? last : last + 1;
  return { ...resource, metadata: { ...resource.metadata, generation } };
}

function desired(resource: AnyResource): object {
  return { ...resource, metadata: undefined, status: undefined };
}
