import { at, text } from "../../lib/fields.ts";
import { objectKey } from "../../model/keys.ts";
import { decodeObject } from "../../registry/json.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ServedObject } from "../../registry/served-object.ts";

/** For a binding of a role that isn't there: it is taken, as in Kubernetes, where the role may come later. */
export function bindingWarnings(registry: Registry, { definition, namespace, json }: ServedObject): readonly string[] {
  if (definition.kind !== "RoleBinding" && definition.kind !== "ClusterRoleBinding") return [];
  const roleRef = at(decodeObject(json), "roleRef");
  const [kind, name] = [text(at(roleRef, "kind")), text(at(roleRef, "name"))];
  if (registry.peek(objectKey(kind, kind === "Role" ? namespace : "", name))) return [];
  const readyMade = registry.peek(objectKey("ClusterRole", "", `landbridge:${name}`));
  const hint = kind === "ClusterRole" && readyMade ? `; did you mean landbridge:${name}?` : "";
  return [`roleRef: ${kind} ${JSON.stringify(name)} does not exist, so the binding grants nothing yet${hint}`];
}
