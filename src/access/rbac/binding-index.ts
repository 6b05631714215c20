import type { ObjectKey } from "../../model/keys.ts";
import { type RbacBinding, type RbacSubject, rbacKey } from "../policy.ts";
import type { User } from "../user.ts";

/** The bindings of one subject by their namespace, "" for ClusterRoleBindings; then by their key. */
type SubjectBindings = Map<string, Map<ObjectKey, BoundSubject>>;

/** A binding, and the subject of it that applies. */
export interface BoundSubject {
  readonly binding: RbacBinding;
  readonly subject: RbacSubject;
}

/** Bindings by whom they are for: neither a decision nor a change looks at those of others. */
export class BindingIndex {
  readonly #bindings = new Map<ObjectKey, RbacBinding>();
  readonly #bySubject = new Map<string, SubjectBindings>();

  set(binding: RbacBinding): void {
    const key = rbacKey(binding);
    this.remove(key);
    this.#bindings.set(key, binding);
    const namespace = namespaceOf(binding);
    for (const subject of binding.subjects ?? []) {
      const identity = identityOf(subject, namespace);
      if (identity === undefined) continue;
      const byNamespace = entry(this.#bySubject, identity, () => new Map());
      const byKey = entry(byNamespace, namespace, () => new Map<ObjectKey, BoundSubject>());
      if (!byKey.has(key)) byKey.set(key, { binding, subject });
    }
  }

  remove(key: ObjectKey): void {
    const binding = this.#bindings.get(key);
    if (!binding) return;
    this.#bindings.delete(key);
    const namespace = namespaceOf(binding);
    for (const subject of binding.subjects ?? []) {
      const identity = identityOf(subject, namespace);
      const byNamespace = identity === undefined ? undefined : this.#bySubject.get(identity);
      const byKey = byNamespace?.get(namespace);
      if (identity === undefined || !byNamespace || !byKey) continue;
      byKey.delete(key);
      if (byKey.size === 0) byNamespace.delete(namespace);
      if (byNamespace.size === 0) this.#bySubject.delete(identity);
    }
  }

  /** Those that apply in a namespace: all ClusterRoleBindings of the user, then its RoleBindings there. "": the former only. */
  *of(user: User, namespace: string): Generator<BoundSubject> {
    const identities = [userIdentity(user.name), ...user.groups.map(groupIdentity)];
    for (const scope of namespace === "" ? [""] : ["", namespace]) {
      for (const identity of identities) {
        const found = this.#bySubject.get(identity)?.get(scope);
        if (found) yield* found.values();
      }
    }
  }
}

function namespaceOf({ kind, metadata }: RbacBinding): string {
  return kind === "ClusterRoleBinding" ? "" : (metadata.namespace ?? "");
}

/** A ServiceAccount is a user with a name of a certain form; one without any namespace is nobody. */
function identityOf({ kind, name, namespace }: RbacSubject, bindingNamespace: string): string | undefined {
  switch (kind) {
    case "User":
      return userIdentity(name);
    case "Group":
      return groupIdentity(name);
    case "ServiceAccount": {
      const home = namespace || bindingNamespace;
      return home === "" ? undefined : userIdentity(`system:serviceaccount:${home}:${name}`);
    }
    default:
      return undefined;
  }
}

const userIdentity = (name: string) => `User ${name}`;
const groupIdentity = (name: string) => `Group ${name}`;

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
