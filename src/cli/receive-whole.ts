import { createWriteStream, rmSync } from "node:fs";
import { rename } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { addName, syncDirectoryOf, syncFile } from "../storage/sqlite/durable-file.ts";

/** "taken": there is a file of this name, and it may not be replaced. */
export type Received = "saved" | "taken" | Error;

/** Writes what arrives to a file of its owner's that is there only when it is whole, and on the disk. */
export async function receiveWhole(stream: Readable, path: string, mayReplace: boolean): Promise<Received> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await pipeline(stream, createWriteStream(draft, { flags: "wx", mode: 0o600 }));
    syncFile(draft);
    if (mayReplace) await rename(draft, path);
    else addName(draft, path);
    syncDirectoryOf(path);
    return "saved";
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return error.code === "EEXIST" ? "taken" : error;
  } finally {
    stream.destroy();
    rmSync(draft, { force: true });
  }
}
