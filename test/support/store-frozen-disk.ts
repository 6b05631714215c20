import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import type { TestContext } from "node:test";

const IMAGE_BYTES = 64 * 1024 * 1024;

/** A disk that can hang: whoever writes to it while it is frozen waits until it is thawed. */
export interface FreezableDisk extends Disposable {
  freeze(): void;
  thaw(): void;
}

/** Mounts one at `path`. Only root with loop devices can: others skip the test. */
export function freezableDiskOrSkip(t: TestContext, path: string): FreezableDisk | undefined {
  const image = `${path}.image`;
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "ignore" });
  mkdirSync(path, { recursive: true });
  writeFileSync(image, "");
  truncateSync(image, IMAGE_BYTES);
  try {
    run("mkfs.ext4", "-q", "-F", image);
    run("mount", "-o", "loop", image, path);
  } catch {
    t.skip("needs root and loop devices: mounts a disk that can be frozen");
    return undefined;
  }
  let frozen = false;
  const thaw = () => {
    if (frozen) run("fsfreeze", "--unfreeze", path);
    frozen = false;
  };
  return {
    freeze: () => {
      run("fsfreeze", "--freeze", path);
      frozen = true;
    },
    thaw,
    [Symbol.dispose]: () => {
      thaw();
      run("umount", path);
    },
  };
}
