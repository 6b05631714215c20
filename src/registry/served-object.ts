import type { ObjectKey } from "../model/keys.ts";
import type { KindDefinition } from "../model/kind-definition.ts";
import type { SourcePosition } from "../model/problem.ts";

/** An object as the API serves it, at one revision. Never changed: the next version is another one. */
export interface ServedObject {
  readonly key: ObjectKey;
  readonly definition: KindDefinition;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Its metadata.resourceVersion. */
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The whole object as JSON in UTF-8; starts with its apiVersion (see json.ts). */
  readonly json: Buffer;
  readonly owner: Owner;
}

/** Who may change the object: the API, or what is named here. */
export type Owner =
  /** `revision`: what the store has it at. Between it and the object's own only its status changed. */
  | { readonly kind: "store"; readonly revision: number }
  | { readonly kind: "file"; readonly position: SourcePosition | undefined; readonly source: string }
  | { readonly kind: "built-in" }
  /** Made by the control plane, gone when it stops: Events. */
  | { readonly kind: "volatile" };

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** One step in the order of revisions. */
export interface ObjectChange {
  readonly revision: number;
  readonly type: ChangeType;
  /** Of a deleted object its last state, at the revision of the deletion. */
  readonly object: ServedObject;
  /** What it was before; undefined when it is new. */
  readonly previous: ServedObject | undefined;
}
