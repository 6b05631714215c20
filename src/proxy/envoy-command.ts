/**
 * How Envoy is called.
 */
import { createHash } from "node:crypto";
import type { Bootstrap } from "./bootstrap.ts";
import type { EnvoyBinary } from "./envoy-binary.ts";
import type { ProxyPaths } from "./paths.ts";

export function envoyArguments(paths: ProxyPaths, concurrency: number | undefined): readonly string[] {
  const args = ["--config-path", paths.bootstrap];
  // Hot restart claims shared memory by a number that all Envoys of a machine compete for; we don't use it.
  args.push("--disable-hot-restart");
  args.push("--log-level", "warning");
  // Once draining, every answer asks its client to close, not a growing share of them.
  args.push("--drain-strategy", "immediate");
  // How late an access log line may be.
  args.push("--file-flush-interval-msec", "1000");
  if (concurrency !== undefined) args.push("--concurrency", String(concurrency));
  return args;
}

/** Equal for two Envoys that can stand in for each other. */
export function fingerprintOf(binary: EnvoyBinary, args: readonly string[], bootstrap: Bootstrap): string {
  return createHash("sha256")
    .update(JSON.stringify([binary.path, binary.version, args, bootstrap]))
    .digest("hex");
}
