import { type Command, Option } from "commander";
import { apiVersionOfResource } from "../client/api-resources.ts";
import type { ApiResource } from "../client/api-types.ts";
import { preferred } from "./api-reader.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { apiOf } from "./session.ts";
import { Table } from "./table.ts";
import { failWith, print } from "./terminal.ts";

interface ApiResourcesOptions {
  readonly apiGroup?: string;
  readonly namespaced?: "true" | "false";
  readonly verbs?: string;
  readonly output?: "wide" | "name" | DocumentFormat;
  /** Commander's name for --no-headers. */
  readonly headers: boolean;
}

export function define(command: Command): void {
  command
    .option("--api-group <group>", "only of this group; '' for the core kinds")
    .addOption(new Option("--namespaced <which>", "only kinds with namespaces, or without").choices(["true", "false"]))
    .option("--verbs <verbs>", "only kinds that can do all of these: list,watch")
    .addOption(new Option("-o, --output <format>", "output format").choices(["wide", "name", "yaml", "json"]))
    .option("--no-headers", "without the titles of the columns")
    .action(async (options: ApiResourcesOptions, self: Command) => {
      const api = await apiOf(self);
      if ("problem" in api) return failWith(api.problem);
      const resources = await api.value.resources();
      if ("problem" in resources) return failWith(resources.problem);
      const chosen = preferred(resources.value)
        .filter((resource) => isWanted(resource, options))
        .sort(byGroupAndName);
      print(await resourcesText(chosen, options));
    });
}

function isWanted(resource: ApiResource, { apiGroup, namespaced, verbs = "" }: ApiResourcesOptions): boolean {
  const wanted = verbs.split(",").filter((verb) => verb !== "");
  return (
    (apiGroup ?? resource.group) === resource.group &&
    (namespaced ?? String(resource.namespaced)) === String(resource.namespaced) &&
    wanted.every((verb) => resource.verbs.includes(verb))
  );
}

/** kubectl's order. */
function byGroupAndName(a: ApiResource, b: ApiResource): number {
  return a.group < b.group ? -1 : a.group > b.group ? 1 : a.resource < b.resource ? -1 : 1;
}

async function resourcesText(
  resources: readonly ApiResource[],
  { output, headers }: ApiResourcesOptions,
): Promise<string> {
  if (output === "yaml" || output === "json") return formatDocument(resources, output);
  const names = resources.map(({ resource, group }) => (group === "" ? resource : `${resource}.${group}`));
  if (output === "name") return names.map((name) => `${name}\n`).join("");
  const isWide = output === "wide";
  const titles = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", ...(isWide ? ["VERBS", "CATEGORIES"] : [])];
  const rows = resources.map((each) => [
    each.resource,
    each.shortNames.join(","),
    apiVersionOfResource(each),
    String(each.namespaced),
    each.kind,
    ...(isWide ? [each.verbs.join(","), each.categories.join(",")] : []),
  ]);
  return new Table(titles, headers).lines(rows);
}
