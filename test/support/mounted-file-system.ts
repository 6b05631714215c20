import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { TestContext } from "node:test";

/** A file system of its own at `path`, to be full or read-only. Only root can make one: others skip the test. */
export function mountOrSkip(t: TestContext, path: string, options: string): Disposable | undefined {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], { stdio: "ignore" });
  } catch {
    t.skip("needs root: mounts a small file system");
    return undefined;
  }
  return { [Symbol.dispose]: () => void execFileSync("umount", [path]) };
}
