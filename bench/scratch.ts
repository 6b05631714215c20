import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Replacement } from "./processes/prober.ts";

/** A directory of configuration and a place beside it, on the same file system, where changes wait for their moment. */
export class Scratch implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "lb-bench-"));
  #staged = 0;

  constructor() {
    mkdirSync(join(this.directory, "staged"));
  }

  get config(): string {
    return join(this.directory, "config");
  }

  get state(): string {
    return join(this.directory, "state");
  }

  /** Holds exactly these files from now on. */
  write(files: ReadonlyMap<string, string>): void {
    rmSync(this.config, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(this.config, path)), { recursive: true });
      writeFileSync(join(this.config, path), text);
    }
  }

  /** Writes the new text of a file where nobody looks yet. */
  stage(path: string, text: string): Replacement {
    const from = join(this.directory, "staged", String(this.#staged++));
    writeFileSync(from, text);
    const to = join(this.config, path);
    mkdirSync(dirname(to), { recursive: true });
    return { from, to };
  }

  replace(path: string, text: string): void {
    const { from, to } = this.stage(path, text);
    renameSync(from, to);
  }

  remove(path: string): void {
    rmSync(join(this.config, path));
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
