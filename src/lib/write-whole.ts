import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Writes a file so that a reader sees the old text or the new, never half of it. Readable by the owner only. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
