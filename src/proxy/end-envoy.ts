/**
 * Ending an Envoy: let open requests finish, then ask, then insist.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { EnvoyAdmin } from "./admin.ts";
import type { EnvoyProcess } from "./envoy-process.ts";

const POLL_MS = 50;
/** After SIGTERM Envoy flushes its logs and exits, usually within 50 ms. */
const TERM_BOUND_MS = 3_000;

/** Waits until Envoy has no open request, at most `boundMs`. Returns at once when Envoy doesn't answer. */
export async function drainRequests(envoy: EnvoyProcess, admin: EnvoyAdmin, boundMs: number): Promise<void> {
  const deadline = performance.now() + boundMs;
  const gone = envoy.ended.then(() => true);
  try {
    await admin.drain();
    while ((await admin.openRequests()) > 0 && performance.now() < deadline) {
      if (await Promise.race([gone, delay(POLL_MS, false)])) return;
    }
  } catch {
    // It can't be drained: it is starting, hanging or gone. Ending it is all that is left.
  }
}

/** Resolves when the process is gone. */
export async function terminate(envoy: EnvoyProcess): Promise<void> {
  envoy.signal("SIGTERM");
  const timer = new AbortController();
  const late = delay(TERM_BOUND_MS, "late" as const, { signal: timer.signal }).catch(() => "cancelled" as const);
  if ((await Promise.race([envoy.ended, late])) === "late") envoy.signal("SIGKILL");
  timer.abort();
  await envoy.ended;
}
