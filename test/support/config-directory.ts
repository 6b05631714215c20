import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectorySource, type DirectorySourceOptions } from "../../src/config/directory/source.ts";
import { UpdateLog } from "./update-log.ts";

/** A real directory with a source that watches it. */
export class ConfigDirectory {
  readonly base = mkdtempSync(join(tmpdir(), "landbridge-config-"));
  readonly path = join(this.base, "conf");
  #log: UpdateLog | undefined;

  constructor() {
    mkdirSync(this.path);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string | Uint8Array): void {
    writeFileSync(this.at(name), text);
  }

  replace(name: string, text: string): void {
    writeFileSync(this.at(`.${name}.new`), text);
    renameSync(this.at(`.${name}.new`), this.at(name));
  }

  /** Starts to watch; returns after the first update. */
  async watch(options: DirectorySourceOptions = {}): Promise<UpdateLog> {
    this.#log = new UpdateLog(new DirectorySource(this.path, options));
    await this.#log.until("first update", () => true);
    return this.#log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.stop();
    rmSync(this.base, { recursive: true, force: true });
  }
}
