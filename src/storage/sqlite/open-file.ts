import type { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { checkTables, connect } from "./connection.ts";
import { migrate } from "./migrate.ts";
import type { OpenedStore, ThreadSettings } from "./protocol.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import { openTables, type Tables } from "./tables.ts";

const SECRETS_SEALED = "secrets-sealed";

/** Opens a store's file, brings it to this version, and looks whether it can be used. */
export function openFile(
  settings: ThreadSettings,
): { readonly tables: Tables; readonly opened: OpenedStore } | { readonly problem: Problem } {
  const database = connect(settings.path);
  if ("code" in database) return { problem: database };
  try {
    const problem = migrate(database, settings.path, settings.migrations) ?? checkTables(database, settings.path);
    if (problem) {
      database.close();
      return { problem };
    }
    const tables = openTables(database, settings.path, settings.sealing);
    if (settings.sealing) beginSealing(tables);
    return { tables, opened: describe(tables, settings) };
  } catch (error) {
    close(database);
    const problem = sqliteProblem(error, settings.path);
    if (!problem) throw error;
    return { problem };
  }
}

/** A store without values has no plain secrets. */
function beginSealing({ seals, marks, changes }: Tables): void {
  seals.noteCurrent();
  const empty = changes.extent().changes === 0 && marks.read("reserved") === 0;
  if (empty && marks.read(SECRETS_SEALED) === 0) marks.write(SECRETS_SEALED, 1);
}

function describe({ marks, changes }: Tables, { sealing }: ThreadSettings): OpenedStore {
  const compacted = marks.read("compacted");
  const extent = changes.extent();
  return {
    revision: marks.read("reserved"),
    newestChange: Math.max(compacted, extent.newest),
    compacted,
    changes: extent.changes,
    plainSecrets: sealing !== undefined && marks.read(SECRETS_SEALED) === 0,
  };
}

function close(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}
