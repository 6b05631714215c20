import { type FSWatcher, statSync, watch } from "node:fs";

export type Watch = typeof watch;

export interface WatchEvents {
  /** Something happened to `name` in `directory`; undefined: to anything in it. `moved`: it came or went. */
  onEvent(directory: string, name: string | undefined, moved: boolean): void;
  /** The directory is no longer watched. */
  onLost(directory: string): void;
}

/**
 * One watch for each directory, not for each file: Node's recursive watch on Linux opens one a file, and with 3000
 * files tells an edit after 7 ms and a rename after 38 ms, against 0.2 and 0.4 (docs/decisions/0040).
 */
export class DirectoryWatches {
  readonly #events: WatchEvents;
  readonly #watch: Watch;
  readonly #open = new Map<string, { readonly watcher: FSWatcher; readonly inode: string }>();
  readonly #failed = new Map<string, unknown>();

  constructor(events: WatchEvents, watchFunction: Watch = watch) {
    this.#events = events;
    this.#watch = watchFunction;
  }

  /** Directories that should be watched and can't be, with what the operating system said. */
  failures(): ReadonlyMap<string, unknown> {
    return this.#failed;
  }

  has(directory: string): boolean {
    return this.#open.has(directory);
  }

  /** Watches exactly these. A directory that was replaced by another of its name is watched anew. */
  set(directories: ReadonlySet<string>): void {
    this.#failed.clear();
    for (const [directory, { watcher, inode }] of this.#open) {
      if (directories.has(directory) && inodeOf(directory) === inode) continue;
      this.#open.delete(directory);
      watcher.close();
    }
    for (const directory of directories) {
      if (!this.#open.has(directory)) this.#add(directory);
    }
  }

  close(): void {
    this.set(new Set());
  }

  #add(directory: string): void {
    const inode = inodeOf(directory);
    if (inode === undefined) return;
    try {
      const watcher = this.#watch(directory, (event, name) => {
        if (this.#open.get(directory)?.watcher === watcher) {
          this.#events.onEvent(directory, name ?? undefined, event === "rename");
        }
      });
      watcher.on("error", () => {
        if (this.#open.get(directory)?.watcher !== watcher) return;
        this.#open.delete(directory);
        watcher.close();
        this.#events.onLost(directory);
      });
      this.#open.set(directory, { watcher, inode });
    } catch (error) {
      this.#failed.set(directory, error);
    }
  }
}

function inodeOf(directory: string): string | undefined {
  try {
    const { dev, ino } = statSync(directory, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
