/** Who a proxy is, and so which gateway's resources it may have. */
import { type ObjectKey, objectKey } from "../model/keys.ts";
import type { NodeClaim } from "./delta-request.ts";

export interface ProxyIdentity {
  /** The Gateway whose proxies share one set of resources: the key of their fleet. */
  readonly gateway: ObjectKey;
  /** Which of the gateway's proxies. */
  readonly instance: string;
}

/** The node id of a gateway's proxy: "gateway/<namespace>/<name>/<instance>". */
const NODE_ID = /^gateway\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * The one place that decides what a proxy may have. It believes the node id: sound as long as only the owner of the
 * socket can connect.
 */
export function identify(node: NodeClaim): ProxyIdentity | undefined {
  const [, namespace, name, instance] = NODE_ID.exec(node.id) ?? [];
  if (!namespace || !name || !instance) return undefined;
  return { gateway: objectKey("Gateway", namespace, name), instance };
}
