import { join } from "node:path";

/** What lies in the directory of one Envoy. */
export interface ProxyPaths {
  readonly directory: string;
  readonly bootstrap: string;
  readonly pidFile: string;
  readonly log: string;
  readonly adminSocket: string;
}

export function proxyPaths(directory: string): ProxyPaths {
  return {
    directory,
    bootstrap: join(directory, "bootstrap.json"),
    pidFile: join(directory, "envoy.pid.json"),
    log: join(directory, "envoy.log"),
    adminSocket: join(directory, "admin.sock"),
  };
}
