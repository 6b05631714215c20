/** The small pools that arbitrary estates take their names from. */
export const NAMESPACES = ["shop", "infra", "default"] as const;
export const GATEWAYS = ["edge", "inner"] as const;
export const ROUTES = ["front", "stock", "catalogue", "all"] as const;
export const SERVICES = ["shopfront", "stockmanager", "catalogue"] as const;
export const PLATFORMS = ["datacenter", "eu-cluster", "dns"] as const;
export const SECRETS = ["cert", "other-cert", "ca"] as const;
export const BACKENDS = ["vm", "k8s", "edge"] as const;
