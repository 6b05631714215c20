/** What a SelfSubjectRulesReview says, as kubectl prints it. */
import { at, type Field, list, text } from "../lib/fields.ts";
import { table } from "./table.ts";

const TITLES = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"];

/** @param status its status */
export function rulesTable(status: Field): string {
  const resources = list(at(status, "resourceRules")).flatMap((rule) =>
    list(at(rule, "resources")).flatMap((resource) =>
      groupsOf(rule).map((group) => [
        qualified(text(resource), group),
        "[]",
        words(rule, "resourceNames"),
        words(rule, "verbs"),
      ]),
    ),
  );
  const paths = list(at(status, "nonResourceRules")).map((rule) => [
    "",
    words(rule, "nonResourceURLs"),
    "[]",
    words(rule, "verbs"),
  ]);
  return table(
    TITLES,
    [...resources, ...paths].sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

function groupsOf(rule: Field): readonly string[] {
  return list(at(rule, "apiGroups")).map(text);
}

function qualified(resource: string, group: string): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function words(rule: Field, name: string): string {
  return `[${list(at(rule, name)).map(text).join(" ")}]`;
}
