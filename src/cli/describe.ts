import type { Command } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { age } from "../lib/age.ts";
import { keyOf } from "../model/metadata.ts";
import { describeGateway } from "./describe-gateway.ts";
import { describeService } from "./describe-service.ts";
import { findObject } from "./find-objects.ts";
import { labelsText } from "./object-printer.ts";
import { type ObjectReader, ORIGIN_ANNOTATION, type ReadableKind, type ReadObject } from "./object-reader.ts";
import { openKinds } from "./open-kinds.ts";
import { columns, conditionTable, section } from "./sections.ts";
import { apiOf } from "./session.ts";
import { failWith, print } from "./terminal.ts";
import { visibleLine } from "./visible-text.ts";

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name")
    .argument("[name]", "the object; or kind/name as one word")
    .option("-n, --namespace <namespace>", "its namespace; needed only when the name is in several")
    .action(async (kind: string, name: string | undefined, { namespace }: { namespace?: string }, self: Command) => {
      const [kindWord = "", slashName] = kind.split("/");
      const objectName = name ?? slashName;
      if (objectName === undefined) self.error("error: missing required argument 'name'");
      else await describe(self, kindWord, objectName, namespace);
    });
}

async function describe(self: Command, word: string, name: string, wantedNamespace: string | undefined): Promise<void> {
  const opened = await openKinds(self, word, { isRedacted: true });
  if ("problem" in opened) return failWith(opened.problem);
  const { reader, kinds } = opened.value;
  const [kind] = kinds;
  if (kind === undefined) return;
  const namespace = wantedNamespace ?? reader.ownNamespace;
  const found = await findObject(reader, kind, { name, namespace });
  if ("problem" in found) return failWith(found.problem);
  const object = found.value;
  // Without the API what follows is shorter: no events, no author, no defaults of what is in the store.
  const answer = await apiOf(self);
  const api = "value" in answer ? answer.value : undefined;
  const { originOf, settingsOf } = await import("./describe-origin.ts");
  const { settingsText } = await import("./settings.ts");
  const { title, body, ...source } = await settingsOf(object, kind, api);
  const parts = [
    header(kind, object, await originOf(object, kind, api)),
    ...conditionParts(object),
    ...(await kindParts(reader, object)),
    ...(Object.keys(body).length === 0 ? [] : [section(title, settingsText(body, source))]),
    await problemPart(reader, object),
    await eventPart(api, object),
  ];
  print(parts.filter((part) => part !== "").join("\n"));
}

async function kindParts(reader: ObjectReader, object: ReadObject): Promise<string[]> {
  switch (object.resource.kind) {
    case "HybridService":
      return describeService(reader, object);
    case "Gateway":
      return describeGateway(reader, object);
    default:
      return [];
  }
}

function header(kind: ReadableKind, object: ReadObject, origin: string): string {
  const { metadata, apiVersion } = object.resource;
  const pairs: [string, string][] = [
    ["Name:", metadata.name],
    ...(kind.namespaced ? [["Namespace:", metadata.namespace] as [string, string]] : []),
    ["Kind:", `${kind.kind} (${apiVersion})`],
    ["Labels:", labelsText(metadata.labels, ", ")],
    ["Annotations:", labelsText(ownAnnotations(metadata.annotations), ", ")],
    ["Generation:", String(metadata.generation ?? "")],
    ["Origin:", origin],
    ["Age:", age(metadata.creationTimestamp ?? object.since, new Date())],
  ];
  return columns(pairs.map(([title, value]) => [title, visibleLine(value)]));
}

/** Without those that say once more what is shown elsewhere: the origin, and kubectl's copy of the object. */
function ownAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shown = Object.entries(annotations).filter(
    ([key]) => key !== ORIGIN_ANNOTATION && key !== "kubectl.kubernetes.io/last-applied-configuration",
  );
  return Object.fromEntries(shown);
}

function conditionParts({ status }: ReadObject): string[] {
  const parts: string[] = [];
  if (status?.conditions) parts.push(section("Conditions", conditionTable(status.conditions)));
  for (const { parentRef, conditions } of status?.parents ?? []) {
    const place = parentRef.sectionName === undefined ? "" : `, listener ${parentRef.sectionName}`;
    const title = `Parent ${parentRef.kind} ${parentRef.namespace}/${parentRef.name}${place}`;
    parts.push(section(title, conditionTable(conditions)));
  }
  return parts;
}

/** Problems of the running gateway are for operators: others see those of their objects in the conditions. */
async function problemPart(reader: ObjectReader, object: ReadObject): Promise<string> {
  if (!(await reader.may({ path: "/landbridge/v1/problems" }))) return "";
  const answer = await reader.pages.problems();
  const key = keyOf(object.resource);
  const own = "value" in answer ? answer.value.filter((problem) => problem.object === key) : [];
  if (own.length === 0) return "";
  const { formatProblem } = await import("../model/problem.ts");
  return section("Problems", own.map((problem) => `${formatProblem(problem)}\n`).join(""));
}

async function eventPart(api: ApiClient | undefined, { resource }: ReadObject): Promise<string> {
  if (!api || resource.kind === "Event") return "";
  const { eventsAbout } = await import("./about-events.ts");
  return eventsAbout(api, resource);
}
