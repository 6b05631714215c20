import { type Command, InvalidArgumentError, Option } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { findResource } from "../client/api-resources.ts";
import type { Answer } from "../client/local-client.ts";
import type { JournalEntry, JournalVerdict } from "../storage/store.ts";
import { AUDIT_TITLES, type AuditedObject, type AuditQuery, auditRow, matches } from "./audit-entry.ts";
import { newestFirst } from "./audit-pages.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { duration } from "./option-values.ts";
import { apiOf } from "./session.ts";
import { table } from "./table.ts";
import { cliProblem, failWith, paint, print, printError } from "./terminal.ts";

interface LogOptions {
  readonly verify?: boolean;
  readonly file?: string;
  readonly lines: number;
  readonly since?: number;
  readonly user?: string;
  readonly object?: string;
  readonly output?: DocumentFormat;
}

export function define(command: Command): void {
  command
    .command("log")
    .description("show who did what: every write, every refused attempt, every decision; for administrators")
    .addOption(
      new Option("-n, --lines <count>", "how many entries, the newest last; 0 for all").argParser(count).default(50),
    )
    .addOption(
      new Option("--since <time>", "only what is younger: 2h, 7d, or since 2026-01-31T08:00:00Z").argParser(sinceTime),
    )
    .option("--user <name>", "only what this user did or tried")
    .option("--object <kind/namespace/name>", "only what was done to this object")
    .addOption(
      new Option("-o, --output <format>", "whole entries, with objects before and after").choices(["yaml", "json"]),
    )
    .option("--verify", "check the chain of hashes over the whole journal; ends with 1 if it is broken")
    .option("--file <backup>", "verify the journal in a backup, without a control plane")
    .action((options: LogOptions, self: Command) => {
      if (options.file !== undefined) return verifyFile(options.file, options);
      return options.verify ? verify(self, options) : log(self, options);
    });
}

async function log(self: Command, options: LogOptions): Promise<void> {
  const api = await apiOf(self);
  if ("problem" in api) return failWith(api.problem);
  const object = options.object === undefined ? undefined : await objectOf(api.value, options.object);
  if (object !== undefined && "problem" in object) return failWith(object.problem);
  const query = { since: options.since, user: options.user, object: object?.value };
  const found = await newest(api.value, query, options.lines === 0 ? Number.POSITIVE_INFINITY : options.lines);
  if ("problem" in found) return failWith(found.problem);
  const entries = found.value.toReversed();
  if (options.output !== undefined) print(await formatDocument(entries, options.output));
  else if (entries.length === 0) printError("No entries found.");
  else print(table(AUDIT_TITLES, entries.map(auditRow)));
}

/** At most `limit` entries, the newest first. */
async function newest(api: ApiClient, query: AuditQuery, limit: number): Promise<Answer<readonly JournalEntry[]>> {
  const found: JournalEntry[] = [];
  for await (const page of newestFirst(api)) {
    if ("problem" in page) return page;
    for (const entry of page.value) {
      // Entries are in the order of their times, but for clocks that were set back: a day makes up for those.
      if (query.since !== undefined && Date.parse(entry.time) < query.since - DAY_MS) return { value: found };
      if (matches(entry, query)) found.push(entry);
      if (found.length >= limit) return { value: found };
    }
  }
  return { value: found };
}

const DAY_MS = 86_400_000;

async function objectOf(api: ApiClient, words: string): Promise<Answer<AuditedObject>> {
  const [kindWord = "", ...rest] = words.split("/");
  const [first = "", second] = rest;
  const resources = await api.resources();
  if ("problem" in resources) return resources;
  const resource = findResource(resources.value, kindWord);
  if (!resource || first + (second ?? "") === "" || rest.length > 2) {
    const message = `"${words}" names no object: it takes HTTPRoute/shop/front, or Platform/datacenter`;
    return { problem: cliProblem("LB6241", message) };
  }
  const { kind, resource: plural, namespaced } = resource;
  const [namespace, name] = second === undefined ? ["", first] : [first, second];
  return { value: { kind, resource: plural, namespace: namespaced ? namespace || "default" : "", name } };
}

async function verify(self: Command, options: LogOptions): Promise<void> {
  const api = await apiOf(self);
  if ("problem" in api) return failWith(api.problem);
  const answer = (await api.value.verifyAudit()) as Answer<JournalVerdict>;
  if ("problem" in answer) return failWith(answer.problem);
  await tellVerdict(answer.value, "the journal", options);
}

async function verifyFile(path: string, options: LogOptions): Promise<void> {
  const { verifyJournalFile } = await import("../storage/sqlite/journal-file.ts");
  const verdict = verifyJournalFile(path);
  if ("code" in verdict) failWith(verdict);
  else await tellVerdict(verdict, `the journal in ${path}`, options);
}

async function tellVerdict(verdict: JournalVerdict, what: string, { output }: LogOptions): Promise<void> {
  if (output !== undefined) print(await formatDocument(verdict, output));
  if (verdict.kind === "broken") {
    failWith(cliProblem("LB6242", `${what} is broken at entry ${verdict.at}: ${verdict.reason}`));
  } else if (output === undefined) {
    print(
      `${paint("green", "whole")}: ${verdict.entries} ${verdict.entries === 1 ? "entry" : "entries"}, each following from the one before`,
    );
    print(`head: ${verdict.head}`);
  }
}

/** Epoch milliseconds. */
function sinceTime(word: string): number {
  const time = /^\d{4}-\d\d-\d\d/.test(word) ? Date.parse(word) : Date.now() - duration(word);
  if (Number.isNaN(time)) throw new InvalidArgumentError("Give a time such as 2026-01-31T08:00:00Z.");
  return time;
}

function count(word: string): number {
  const number = Number(word);
  if (!/^\d+$/.test(word) || !Number.isSafeInteger(number)) throw new InvalidArgumentError("Give a whole number.");
  return number;
}
