import type { SourceUpdate } from "../source.ts";
import { DirectorySource } from "./source.ts";

/** Everything in a directory as it is now, read as `up` would read it. */
export async function readDirectory(path: string): Promise<SourceUpdate> {
  const stop = new AbortController();
  let found: SourceUpdate = { upserts: [], removals: [], problems: [] };
  const take = (update: SourceUpdate) => {
    found = update;
    stop.abort();
  };
  await new DirectorySource(path).run(take, stop.signal);
  return found;
}
