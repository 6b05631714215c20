import type { Logger } from "../../lib/log.ts";
import type { Problem } from "../../model/problem.ts";
import type { Sealing } from "../sealing.ts";
import type { Store } from "../store.ts";
import { MIGRATIONS, type Migration } from "./schema.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { StoreThread } from "./store-thread.ts";

const KEEP_CHANGES = 10_000;

export interface SqliteStoreOptions {
  /** The file. It is made when it isn't there, with its directory, for this user only. */
  readonly path: string;
  /** Keys for secret values. Without them these are kept as they are. */
  readonly sealing?: Sealing | undefined;
  /** Which keys hold secrets. */
  readonly isSecret?: (key: string) => boolean;
  /** How many changes at least are kept for those who watch from an older revision. */
  readonly keepChanges?: number;
  readonly now?: () => Date;
  readonly log?: Pick<Logger, "error">;
  /** For tests: the forms of the file in the place of ours. */
  readonly migrations?: readonly Migration[];
}

/** Opens a store for this process alone, and brings it to this version. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store | Problem> {
  const { path, sealing, log, isSecret = () => false, keepChanges = KEEP_CHANGES, now = () => new Date() } = options;
  const started = await StoreThread.start({ path, sealing, migrations: options.migrations ?? MIGRATIONS });
  if ("code" in started) return started;
  const complain = (message: string, error: unknown) => log?.error(message, { path, error });
  return new SqliteStore(started.thread, started.opened, { isSecret, keepChanges, now, complain });
}
