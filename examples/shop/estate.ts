/**
 * The processes of the demo: which service runs where. The addresses stand for machines of their own;
 * resources/platforms.yaml tells Landbridge the same.
 */
export interface EstateProcess {
  /** A file of services/. */
  readonly service: "shopfront" | "productcatalogue" | "stockmanager";
  /** How it names itself in its answers. */
  readonly machine: string;
  readonly address: string;
  readonly port: number;
}

export const ESTATE: readonly EstateProcess[] = [
  { service: "shopfront", machine: "vm-1", address: "127.0.1.1", port: 8010 },
  { service: "shopfront", machine: "vm-2", address: "127.0.1.2", port: 8010 },
  { service: "productcatalogue", machine: "vm-3", address: "127.0.1.3", port: 8020 },
  { service: "stockmanager", machine: "vm-4", address: "127.0.1.4", port: 8030 },
  { service: "shopfront", machine: "new-1", address: "127.0.2.1", port: 8010 },
];

/** Where the gateway listens, as in resources/gateway.yaml. */
export const GATEWAY = { address: "127.0.0.1", ports: [8080, 8443] } as const;
