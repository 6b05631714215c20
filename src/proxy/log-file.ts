/**
 * Envoy's own log. Envoy writes to the file itself, not through a pipe: a control plane that hangs or dies
 * must not hold it up. So rotation is copy and truncate, which an append-only writer survives.
 */
import { closeSync, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const TAIL_BYTES = 16 * 1024;

/** For a child's standard output and error: appends. The caller closes it after the spawn. */
export function openLog(path: string): number {
  return openSync(path, "a", 0o600);
}

/** Keeps at most one older file, `<path>.1`. */
export function rotateLog(path: string, maxBytes: number): void {
  if (sizeOf(path) <= maxBytes) return;
  try {
    copyFileSync(path, `${path}.1`);
  } catch {
    // No space for a copy: then the old lines go, which also makes space.
  }
  truncateSync(path, 0);
}

/** Bytes so far; 0 when there is no file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines written after byte `from`. A file that was truncated since is read from its start. */
export function readTail(path: string, from: number, lines: number): readonly string[] {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    readSync(file, buffer, 0, buffer.length, start);
    const all = buffer.toString("utf8").split("\n");
    return all.filter((line) => line.trim() !== "").slice(-lines);
  } catch {
    return []; // The lines only make a message better.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** "[2026-11-23 08:21:37.385][8862][critical][main] [source/server/server.cc:441] text" */
const ENVOY_LINE = /^\[[^\]]*\]\[\d+\]\[(?<level>\w+)\]\[[^\]]*\] (?:\[[^\]]*\] )?(?<text>.*)$/;

/** What Envoy itself says is wrong: the last line of its own error levels, else the last line of all. */
export function lastError(lines: readonly string[]): string {
  const parsed = lines.map((line) => ENVOY_LINE.exec(line)?.groups);
  const worst = parsed.findLast((line) => line?.level === "critical" || line?.level === "error");
  return worst?.text ?? parsed.at(-1)?.text ?? lines.at(-1) ?? "it wrote nothing";
}
