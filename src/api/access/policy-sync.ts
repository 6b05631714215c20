/** Keeps the access policy and the tokens that open the door in step with the objects that the API serves. */
import type { RbacObject } from "../../access/policy.ts";
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import type { KindOf } from "../../model/kinds.ts";
import { readObject } from "../../model/object-reader.ts";
import { decodeObject } from "../../registry/json.ts";
import { isDying } from "../../registry/lifecycle.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ObjectChange } from "../../registry/served-object.ts";

const RBAC_KINDS = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"] as const;

export type AccessTokenSpec = KindOf<"AccessToken">["spec"];

export class PolicySync {
  readonly #registry: Registry;
  readonly #policy: AccessPolicy;
  readonly #tokens = new Map<string, AccessTokenSpec>();
  readonly #onChange: () => void;

  /** @param onChange after each change: who was let in may no longer be */
  constructor(registry: Registry, policy: AccessPolicy, onChange: () => void) {
    this.#registry = registry;
    this.#policy = policy;
    this.#onChange = onChange;
  }

  async start(signal: AbortSignal): Promise<void> {
    for (const kind of [...RBAC_KINDS, "AccessToken"] as const) {
      this.#registry.watch(kind, (change) => this.#apply(change), signal);
      const { objects } = await this.#registry.list(kind);
      for (const object of objects)
        this.#apply({ type: "ADDED", object, revision: object.revision, previous: undefined });
    }
  }

  /** By the name of its AccessToken. */
  token(name: string): AccessTokenSpec | undefined {
    return this.#tokens.get(name);
  }

  #apply({ type, object }: ObjectChange): void {
    const raw = decodeObject(object.json);
    // A token that waits for its finalizers is revoked: who deleted it doesn't want it to open anything any more.
    if (type === "DELETED" || (object.definition.kind === "AccessToken" && isDying(raw))) {
      if (object.definition.kind === "AccessToken") this.#tokens.delete(object.name);
      else this.#policy.remove(object.key);
      this.#onChange();
      return;
    }
    const { resource } = readObject(raw);
    // What can't be read grants nothing.
    if (!resource) {
      this.#policy.remove(object.key);
      if (object.definition.kind === "AccessToken") this.#tokens.delete(object.name);
    } else if (resource.kind === "AccessToken") this.#tokens.set(object.name, resource.spec);
    else this.#policy.set(resource as RbacObject);
    this.#onChange();
  }
}
