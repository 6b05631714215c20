import type { PlainKeys } from "./protocol.ts";
import type { StoreThread } from "./store-thread.ts";

const TABLES = ["objects", "changes"] as const;
/** Values sealed in one step. */
const STEP_VALUES = 50;

/**
 * Seals anew, in small steps between writes, what an older key sealed; and once, when sealing was turned on for a store that
 * was there before, its secrets. Ends early when the signal is aborted; rejects when the store can't be written.
 */
export async function renewSeals(
  thread: StoreThread,
  isSecret: (key: string) => boolean,
  plainSecrets: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let done = false; !done && !signal.aborted; ) done = await thread.ask("renewSeals", null);
  if (!plainSecrets) return;
  for (const table of TABLES) await sealPlain(thread, isSecret, table, signal);
  if (!signal.aborted) await thread.ask("plainSecretsSealed", null);
}

async function sealPlain(
  thread: StoreThread,
  isSecret: (key: string) => boolean,
  table: PlainKeys["table"],
  signal: AbortSignal,
): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const page = await thread.ask("plainKeys", { table, after });
    const newest = page.at(-1)?.row;
    if (newest === undefined) return;
    after = newest;
    const rows = page.filter(({ key }) => isSecret(key)).map(({ row }) => row);
    for (let i = 0; i < rows.length && !signal.aborted; i += STEP_VALUES)
      await thread.ask("sealRows", { table, rows: rows.slice(i, i + STEP_VALUES) });
  }
}
