/**
 * What to do with the Envoy of a control plane that died without stopping it (`kill -9`).
 * It still serves the last configuration it got, so when it is the one we would start, it is kept.
 */
import { EnvoyAdmin } from "./admin.ts";
import { terminate } from "./end-envoy.ts";
import { adoptEnvoy, type EnvoyProcess } from "./envoy-process.ts";
import type { ProxyPaths } from "./paths.ts";
import { type EnvoyRecord, readPidFile, recordedEnvoys, removePidFile } from "./pid-file.ts";
import { isAlive } from "./process-identity.ts";

/**
 * @param fingerprint of the Envoy that would be started; undefined when none may be taken over
 * @returns the Envoy to go on with; undefined when there is none, or it was ended because it differs
 */
export async function settleLeftover(
  paths: ProxyPaths,
  fingerprint: string | undefined,
): Promise<EnvoyProcess | undefined> {
  const admin = new EnvoyAdmin(paths.adminSocket);
  const record = readPidFile(paths.pidFile);
  if (record === undefined || !isAlive(record)) {
    // Killed between starting Envoy and writing the record: only our own Envoy can answer on our socket.
    if ((await admin.ready()) !== "unreachable") await quitUnrecorded(admin);
    removePidFile(paths.pidFile);
    return undefined;
  }
  const envoy = adoptEnvoy(record);
  if (await isUsable(record, fingerprint, admin)) return envoy;
  await terminate(envoy);
  removePidFile(paths.pidFile);
  return undefined;
}

/** Ends the Envoys in `folder` whose control plane is gone for good, but for those in the directories `kept`. */
export async function endLeftovers(folder: string, kept?: ReadonlySet<string>): Promise<void> {
  await Promise.all(recordedEnvoys(folder, kept).map((record) => terminate(adoptEnvoy(record))));
}

async function isUsable(record: EnvoyRecord, fingerprint: string | undefined, admin: EnvoyAdmin): Promise<boolean> {
  return record.fingerprint === fingerprint && !record.draining && (await admin.ready()) === "LIVE";
}

async function quitUnrecorded(admin: EnvoyAdmin): Promise<void> {
  await admin.quit().catch(() => undefined);
}
