/** What is known of one change on its way to the proxies: plain data. Times are milliseconds since 1970, with fractions. */
import type { ObjectKey } from "../model/keys.ts";
import type { TraceParent } from "./traceparent.ts";

export type ChangeSource = "api" | "directory" | "store" | "built-in" | "discovery" | "clock";

/**
 * received: somebody asked for it, or a source saw it. stored: it is safe on the disk. compiled: what follows is known.
 * published: the proxies' servers have it. acknowledged: all proxies of one gateway have it. live: all of them.
 * refused: they have it, except for what one of them refused. rejected: it never was in force. dropped: nobody looks any more.
 */
export type StageName = "received" | "stored" | "compiled" | "published" | "acknowledged" | Outcome;

export type Outcome = "live" | "refused" | "rejected" | "dropped";

export interface Stage {
  readonly name: StageName;
  readonly at: number;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface EndedChange {
  readonly id: string;
  readonly source: ChangeSource;
  /** The first of them; there may be thousands. */
  readonly objects: readonly ObjectKey[];
  readonly objectCount: number;
  readonly parent: TraceParent | undefined;
  /** In order of time: from received to the outcome. */
  readonly stages: readonly Stage[];
  readonly outcome: Outcome;
}
