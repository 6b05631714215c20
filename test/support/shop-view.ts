import type { ConditionView } from "../../src/client/local-types.ts";
import { ServedView } from "./local-api.ts";

const conditions = (...types: readonly [string, "True" | "False", string][]): ConditionView[] =>
  types.map(([type, status, message]) => ({
    type,
    status,
    reason: type,
    message,
    lastTransitionTime: "2026-01-01T00:00:00.000Z",
  }));

const metadata = (namespace: string, name: string) => ({ name, namespace, labels: {}, annotations: {}, generation: 1 });

/** A served control plane with a gateway, a route, a service and a secret, whose answers are written down here. */
export async function serveShop(): Promise<ServedView> {
  const served = await ServedView.start();
  const { view } = served;
  view.put(
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: metadata("infra", "edge"),
      spec: { gatewayClassName: "landbridge", listeners: [{ name: "http", port: 8080, protocol: "HTTP" }] },
    },
    {
      conditions: conditions(["Accepted", "True", "served"], ["Programmed", "True", "live"]),
      addresses: [{ type: "IPAddress", value: "127.0.0.1" }],
      listeners: [
        { name: "http", supportedKinds: [], attachedRoutes: 1, conditions: conditions(["Accepted", "True", "valid"]) },
      ],
    },
  );
  view.put(
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: metadata("shop", "front"),
      spec: {
        parentRefs: [{ name: "edge", namespace: "infra" }],
        hostnames: ["shop.example.com"],
        rules: [{ backendRefs: [{ group: "landbridge.dev", kind: "HybridService", name: "shopfront" }] }],
      },
    },
    {
      parents: [
        {
          parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "infra", name: "edge" },
          controllerName: "landbridge.dev/gateway-controller",
          conditions: conditions(["Accepted", "True", "attached"], ["Programmed", "False", "waiting for the proxies"]),
        },
      ],
    },
  );
  for (const namespace of ["shop", "staging"]) {
    view.put({
      apiVersion: "landbridge.dev/v1alpha1",
      kind: "HybridService",
      metadata: metadata(namespace, "shopfront"),
      spec: {
        port: 80,
        protocol: "HTTP",
        backends: [
          { name: "vm", platform: "datacenter" },
          { name: "k8s", platform: "eu" },
        ],
        split: [
          { backend: "vm", weight: 90 },
          { backend: "k8s", weight: 10 },
        ],
      },
    });
  }
  view.put({ apiVersion: "v1", kind: "Secret", metadata: metadata("shop", "tls"), data: { "tls.key": "c2VjcmV0" } });
  view.backends = [
    {
      name: "vm",
      platform: "datacenter",
      looksUp: "datacenter/shop/shopfront:",
      weight: 9000,
      percent: 90,
      host: "shopfront.dc.internal",
      endpoints: { state: "known", endpoints: [{ address: "10.1.0.4", port: 8010 }] },
    },
    {
      name: "k8s",
      platform: "eu",
      looksUp: "eu/shop/shopfront:",
      weight: 1000,
      percent: 10,
      endpoints: { state: "unknown", endpoints: [], reason: "no such platform" },
    },
  ];
  return served;
}
