import type { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { checkTables, connect } from "./connection.ts";
import { migrate } from "./migrate.ts";
import type { OpenedStore, ThreadSettings } from "./protocol.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import { openTables, type Tables } from "./tables.ts";

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
    tables.seals.noteCurrent();
    return { tables, opened: describe(tables, settings) };
  } catch (error) {
    close(database);
    const problem = sqliteProblem(error, settings.path);
    if (!problem) throw error;
    return { problem };
  }
}

function describe({ marks, changes }: Tables, { sealing }: ThreadSettings): OpenedStore {
  const compacted = marks.read("compacted");
  const extent = changes.extent();
  return {
    revision: marks.read("reserved"),
    newestChange: Math.max(compacted, extent.newest),
    compacted,
    changes: extent.changes,
    plainSecrets: sealing !== undefined && marks.read("secrets-sealed") === 0,
  };
}

function close(database: DatabaseSync): void {
  if (database.isOpen) database.close();
}
