/**
 * The form of the file, as the steps that led to it. A step that was released never changes: a new form is a new step.
 */

/** "LBst": which program a database file belongs to (SQLite's application_id). */
export const APPLICATION_ID = 0x4c427374;

export interface Migration {
  /** The version that the file has afterwards (SQLite's user_version): one more than before. */
  readonly to: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    to: 1,
    // `seal` says with which key a value is sealed; NULL: not sealed. A change without a value is a deletion; `first` is
    // the first revision of its commit. Tables with values have row ids: SQLite keeps large rows badly without.
    sql: `
      CREATE TABLE seals (
        id INTEGER PRIMARY KEY,
        key_id TEXT NOT NULL UNIQUE,
        canary BLOB NOT NULL
      ) STRICT;

      CREATE TABLE objects (
        key TEXT NOT NULL UNIQUE,
        revision INTEGER NOT NULL,
        seal INTEGER REFERENCES seals (id),
        value BLOB NOT NULL
      ) STRICT;
      CREATE INDEX sealed_objects ON objects (seal) WHERE seal IS NOT NULL;

      CREATE TABLE changes (
        revision INTEGER PRIMARY KEY,
        first INTEGER NOT NULL,
        key TEXT NOT NULL,
        seal INTEGER REFERENCES seals (id),
        value BLOB
      ) STRICT;
      CREATE INDEX sealed_changes ON changes (seal) WHERE seal IS NOT NULL;

      CREATE TABLE marks (
        name TEXT PRIMARY KEY,
        revision INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE journal (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        note TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER journal_keeps_entries BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER journal_loses_nothing BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
      CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
        WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM journal)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    `,
  },
];
