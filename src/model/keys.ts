/**
 * Names of objects inside one estate. Kinds are unique in the registry (kinds.ts), so the group is left out.
 */

/** "HTTPRoute/shop/front"; cluster-scoped kinds have an empty namespace: "GatewayClass//landbridge". */
export type ObjectKey = string & { readonly __brand?: "ObjectKey" };

export function objectKey(kind: string, namespace: string, name: string): ObjectKey {
  return `${kind}/${namespace}/${name}`;
}

export interface ObjectName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function parseObjectKey(key: ObjectKey): ObjectName {
  const [kind = "", namespace = "", name = ""] = key.split("/");
  return { kind, namespace, name };
}
