/** A plan for people. */
import { qualifiedSingular } from "../../client/api-resources.ts";
import type { PlannedCondition, PlannedHost, PlannedProxies, PlanView } from "../../client/plan-view.ts";
import { parseObjectKey } from "../../model/keys.ts";
import { formatProblem } from "../../model/problem.ts";
import type { Outcome } from "../apply/steps.ts";
import type { Target } from "../manifests/targets.ts";
import { paint } from "../terminal.ts";

export interface PlannedChange {
  readonly target: Target;
  readonly outcome: Outcome;
  /** Lines. */
  readonly diff: readonly string[];
}

/** @param view undefined when the user may not see what becomes of hosts and proxies */
export function planText(changes: readonly PlannedChange[], view: PlanView | undefined): string {
  const sections = [
    section("Objects", changes.filter(({ outcome }) => outcome !== "unchanged").flatMap(changeLines)),
    ...(view ? viewSections(view) : []),
    summary(changes),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function viewSections({ hosts, proxies, statuses, problems }: PlanView): string[] {
  return [
    section("Hosts", hosts.map(hostLine)),
    section("Proxies", proxies.map(proxyLine)),
    section(
      "Statuses",
      statuses.flatMap(({ object, conditions }) => conditions.map((condition) => conditionLine(object, condition))),
    ),
    section("Problems", [
      ...problems.added.map((problem) => `${added("+")} ${indented(formatProblem(problem))}`),
      ...problems.removed.map((problem) => `${removed("-")} ${indented(formatProblem(problem))}`),
    ]),
  ];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${paint("bold", title)}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function changeLines({ target, outcome, diff }: PlannedChange): string[] {
  const { resource, name, namespace } = target;
  const title = `${qualifiedSingular(resource)}/${name}${namespace === "" ? "" : ` in ${namespace}`}`;
  if (outcome === "created") return [`${added("+")} ${title}`];
  const shown = diff.length > 0 ? diff : ["  only what `apply` remembers of it"];
  return [`${paint("yellow", "~")} ${title}`, ...shown.map((line) => `    ${coloured(line)}`)];
}

const MARKS = { added: "+", changed: "~", removed: "-" } as const;

function hostLine({ gateway, hostname, port, change, by }: PlannedHost): string {
  const what = change === "changed" ? `: ${by.join(", ")}` : "";
  return `${mark(change)} ${hostname}:${port} (${placeOf(gateway)})${what}`;
}

function proxyLine({ gateway, change, resources }: PlannedProxies): string {
  const { added: more, changed, removed: fewer } = resources;
  const counts = `${more.length} added, ${changed.length} changed, ${fewer.length} removed`;
  return `${mark(change)} proxies of ${placeOf(gateway)}: resources ${counts}`;
}

function conditionLine(object: string, { of, type, before, after }: PlannedCondition): string {
  const place = of === "" ? "" : ` (${of})`;
  const state = after ? `${after.status} (${after.reason}): ${after.message}` : "gone";
  const from = before ? `${before.status} (${before.reason}) -> ` : "";
  return `${after?.status === "False" ? removed("!") : " "} ${object}${place}: ${type} ${from}${state}`;
}

function summary(changes: readonly PlannedChange[]): string {
  const count = (outcome: Outcome) => changes.filter((change) => change.outcome === outcome).length;
  if (count("unchanged") === changes.length) return "No changes.\n";
  return `${count("created")} to create, ${count("configured")} to change, ${count("unchanged")} unchanged.\n`;
}

function placeOf(gateway: string): string {
  const { namespace, name } = parseObjectKey(gateway);
  return `Gateway ${namespace}/${name}`;
}

function mark(change: keyof typeof MARKS): string {
  const colours = { added: "green", changed: "yellow", removed: "red" } as const;
  return paint(colours[change], MARKS[change]);
}

function coloured(line: string): string {
  return line.startsWith("+") ? added(line) : line.startsWith("-") ? removed(line) : line;
}

function added(text: string): string {
  return paint("green", text);
}

function removed(text: string): string {
  return paint("red", text);
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
