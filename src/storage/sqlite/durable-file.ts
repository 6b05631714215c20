/** Files that appear whole or not at all, and survive a power cut. */
import { closeSync, constants, copyFileSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** Makes an empty file that only its owner may use, in place of what a killed process may have left there. */
export function createDraft(path: string): void {
  removeDatabase(path);
  closeSync(openSync(path, "wx", 0o600));
}

/** Removes a database and the files that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
}

export function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes names that were added to, or taken out of, the directory of `path` durable. */
export function syncDirectoryOf(path: string): void {
  syncFile(dirname(path));
}

/** Gives a file a second name, which must be free (else EEXIST). Where there are no hard links, a copy gets it. */
export function addName(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && NO_LINKS.has(String(error.code)))) throw error;
    copyFileSync(path, name, constants.COPYFILE_EXCL);
    syncFile(name);
  }
}

const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);
