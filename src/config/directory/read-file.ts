import { hash } from "node:crypto";
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import type { Problem } from "../../model/problem.ts";
import { errorCode, fileProblem, systemReason } from "../file-problem.ts";

export type FileRead =
  | { readonly kind: "text"; readonly text: string; readonly hash: string; readonly signature: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly problem: Problem; readonly signature: string };

/**
 * Reads one configuration file. Never blocks: a pipe is recognised, not waited for.
 * `real` is opened, `path` is what problems call it.
 */
export function readConfigFile(real: string, path: string, maxBytes: number): FileRead {
  let descriptor: number;
  try {
    // Opening a device can have effects of its own, so it is not even opened. The flag is for a pipe made since.
    if (!statSync(real).isFile()) return irregular(path);
    descriptor = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
    return unreadable(fileProblem("LB1404", path, `${path} can't be read: ${systemReason(error)}`));
  }
  try {
    return readOpen(descriptor, path, maxBytes);
  } catch (error) {
    return unreadable(fileProblem("LB1404", path, `${path} can't be read: ${systemReason(error)}`));
  } finally {
    closeSync(descriptor);
  }
}

function readOpen(descriptor: number, path: string, maxBytes: number): FileRead {
  const stats = fstatSync(descriptor, { bigint: true });
  const signature = signatureOf(stats);
  if (!stats.isFile()) return irregular(path);
  if (stats.size > BigInt(maxBytes)) {
    return unreadable(
      fileProblem(
        "LB1408",
        path,
        `${path} has ${megabytes(Number(stats.size))}, over the limit of ${megabytes(maxBytes)}`,
      ),
      signature,
    );
  }
  const bytes = readFileSync(descriptor);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: "text", text, hash: hash("sha256", bytes, "base64"), signature };
  } catch {
    const place = firstInvalid(bytes);
    return unreadable(fileProblem("LB1409", path, `${path} is not UTF-8 text`, place), signature);
  }
}

/** Without a signature it is tried again at each look. */
function unreadable(problem: Problem, signature = ""): FileRead {
  return { kind: "unreadable", problem, signature };
}

function irregular(path: string): FileRead {
  return unreadable(fileProblem("LB1407", path, `${path} is not a regular file`));
}

/** Differs whenever the file was replaced or written, as far as the clock of the file system can tell. */
export function fileSignature(real: string): string | undefined {
  try {
    return signatureOf(statSync(real, { bigint: true }));
  } catch {
    return undefined;
  }
}

function signatureOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Line and column of the first byte that is no UTF-8. */
function firstInvalid(bytes: Buffer): { line: number; column: number } {
  // The lossy form has U+FFFD where the first invalid byte is; one that was written as such is valid and skipped.
  const lossy = bytes.toString("utf8");
  let offset = 0;
  for (let index = 0; index < lossy.length; ) {
    const character = String.fromCodePoint(lossy.codePointAt(index) ?? 0);
    const length = Buffer.byteLength(character);
    if (character === "\uFFFD" && !bytes.subarray(offset, offset + 3).equals(Buffer.from("\uFFFD"))) {
      const before = lossy.slice(0, index);
      const lineStart = before.lastIndexOf("\n") + 1;
      return { line: before.split("\n").length, column: index - lineStart + 1 };
    }
    offset += length;
    index += character.length;
  }
  return { line: 1, column: 1 };
}
