/** A unix socket that only its owner can open, from its first moment on. */
import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const OWNER_ONLY = 0o600;

/**
 * Binds in a directory of mode 0700, and moves the socket to its place once its own mode is right. What was left there
 * by an earlier run is replaced.
 *
 * @param bind listens at the path it is given
 * @returns removes the socket
 */
export async function bindPrivateSocket(
  path: string,
  bind: (path: string) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(dirname(path), ".xds-"));
  try {
    const temporary = join(directory, "s");
    await bind(temporary);
    await chmod(temporary, OWNER_ONLY);
    await rename(temporary, path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return () => rm(path, { force: true });
}
