import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { findResource, qualifiedSingular } from "../client/api-resources.ts";
import { objectKey } from "../model/keys.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Problem } from "../model/problem.ts";
import { type Fields, mergePatch } from "./apply/json-diff.ts";
import { noSuchKind } from "./chosen-objects.ts";
import { formatDocument } from "./document.ts";
import { runEditor } from "./editor.ts";
import type { Followed } from "./follow-objects.ts";
import { readManifestText } from "./manifests/manifest.ts";
import { statusProblems } from "./manifests/status-problems.ts";
import { problemLines } from "./manifests/targets.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, print, printError } from "./terminal.ts";

const HEADER = `# Edit the object below. Lines that start with # are left out; an empty file, or one that stays
# as it is, changes nothing. If there is a mistake, the file is opened again with what is wrong.
#
`;

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name; or kind/name")
    .argument("[name]", "name of the object")
    .option("-n, --namespace <namespace>", "its namespace")
    .addHelpText("after", "\nThe editor is that of VISUAL or EDITOR, or else vi.")
    .action((kind: string, name: string | undefined, options: { namespace?: string }, self: Command) =>
      edit(kind, name, options, self),
    );
}

async function edit(
  kindWord: string,
  nameWord: string | undefined,
  { namespace }: { namespace?: string },
  self: Command,
): Promise<void> {
  const [kind = "", slashName] = kindWord.split("/");
  const name = nameWord ?? slashName;
  if (name === undefined || name === "") self.error("error: give a name");
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const resources = await api.resources();
  if ("problem" in resources) return failWith(resources.problem);
  const resource = findResource(resources.value, kind);
  if (!resource) return failWith(noSuchKind(kind));
  const place = resource.namespaced ? (namespace ?? api.connection.namespace ?? "default") : "";
  const target = { resource, namespace: place, name };
  const live = await api.get(resource, place, name);
  if ("problem" in live) return failWith(live.problem);
  // Private: what is edited may be a Secret.
  const directory = mkdtempSync(join(tmpdir(), "landbridge-edit-"));
  const path = join(directory, `${resource.singular}-${name.replace(/[^\w.-]/g, "_")}.yaml`);
  const isKept = await editLoop(api, target, live.value, path);
  if (isKept) printError(`A copy of what you wrote is in ${path}`);
  else rmSync(directory, { recursive: true });
}

/** Until the API takes it, or nothing more is changed. @returns whether what was written is worth keeping */
async function editLoop(api: ApiClient, target: Followed, live: RawObject, path: string): Promise<boolean> {
  const original = await formatDocument(live, "yaml");
  let text = original;
  let problems: readonly Problem[] = [];
  for (;;) {
    writeFileSync(path, HEADER + comments(problems) + text, { mode: 0o600 });
    const failed = await runEditor(path);
    if (failed) {
      failWith(failed);
      return text !== original;
    }
    const before = text;
    text = withoutLeadingComments(readFileSync(path, "utf8"));
    if (text.trim() === "" || text === original) {
      printError("Edit cancelled, no changes made.");
      return false;
    }
    if (problems.length > 0 && text === before) {
      printError(problemLines(problems));
      failWith(cliProblem("LB6226", "edit cancelled, no valid changes were saved"));
      return true;
    }
    problems = await save(api, target, live, text, path);
    if (problems.length === 0) return false;
  }
}

/** @returns what is wrong */
async function save(
  api: ApiClient,
  target: Followed,
  live: RawObject,
  text: string,
  path: string,
): Promise<readonly Problem[]> {
  const { manifests, problems } = readManifestText(text, path);
  if (problems.length > 0) return problems;
  const [manifest, ...others] = manifests;
  if (!manifest || others.length > 0) return [cliProblem("LB6232", "the text has to be one object")];
  const { object } = manifest;
  const isSame =
    object.apiVersion === live.apiVersion &&
    object.kind === live.kind &&
    object.metadata.name === live.metadata.name &&
    (object.metadata.namespace ?? "") === (live.metadata.namespace ?? "");
  if (!isSame) return [{ ...cliProblem("LB6232", "the text is of another object"), position: manifest.locate([]) }];
  const { resource, namespace, name } = target;
  const title = `${qualifiedSingular(resource)}/${name}`;
  const patch = mergePatch(live as unknown as Fields, object as unknown as Fields);
  if (Object.keys(patch).length === 0) {
    print(`${title} unchanged`);
    return [];
  }
  // Against the revision that was edited: what others changed meanwhile isn't overwritten unseen.
  const { resourceVersion } = live.metadata;
  const metadata = { ...(patch.metadata as Fields | undefined), resourceVersion };
  const answer = await api.patch(
    resource,
    namespace,
    name,
    "merge",
    { ...patch, metadata },
    { fieldValidation: "Strict" },
  );
  if ("problem" in answer) return statusProblems(answer.problem, objectKey(live.kind, namespace, name), manifest);
  print(`${title} edited`);
  return [];
}

/** What is wrong, at the lines where it is once these comments stand above the text. */
function comments(problems: readonly Problem[]): string {
  if (problems.length === 0) return "";
  const write = (shift: number) => {
    const lines = problemLines(problems.map((problem) => shifted(problem, shift))).split("\n");
    return `${lines.flatMap((line) => (line === "" ? [] : [`# ${line}\n`])).join("")}#\n`;
  };
  return write(lineCount(HEADER) + lineCount(write(0)));
}

function shifted({ position, ...problem }: Problem, lines: number): Problem {
  return position ? { ...problem, position: { ...position, line: position.line + lines } } : problem;
}

function lineCount(text: string): number {
  return text.split("\n").length - 1;
}

/** Ours, at the top; comments inside of the text are left to YAML. */
function withoutLeadingComments(text: string): string {
  return text.replace(/^(?:#[^\n]*\n)+/, "");
}
