import type { Command } from "commander";
import type { LocalClient } from "../client/local-client.ts";
import type { KindView, ObjectView } from "../client/local-types.ts";
import { keyOf } from "../model/metadata.ts";
import { age } from "../lib/age.ts";
import { originText } from "./columns.ts";
import { describeGateway } from "./describe-gateway.ts";
import { describeService } from "./describe-service.ts";
import { formatDocument } from "./document.ts";
import { findKinds, findObject } from "./find-objects.ts";
import { columns, conditionTable, section } from "./sections.ts";
import { clientOf } from "./session.ts";
import { failWith, print } from "./terminal.ts";

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name")
    .argument("[name]", "the object; or kind/name as one word")
    .option("-n, --namespace <namespace>", "its namespace; needed only when the name is in several")
    .action(async (kind: string, name: string | undefined, { namespace }: { namespace?: string }, self: Command) => {
      const [kindWord = "", slashName] = kind.split("/");
      const objectName = name ?? slashName;
      if (objectName === undefined) self.error("error: missing required argument 'name'");
      else await describe(clientOf(self), kindWord, objectName, namespace);
    });
}

async function describe(client: LocalClient, word: string, name: string, namespace: string | undefined): Promise<void> {
  const known = await client.kinds();
  if ("problem" in known) return failWith(known.problem);
  const kinds = findKinds(known.value, word);
  if ("problem" in kinds) return failWith(kinds.problem);
  const [kind] = kinds.value;
  if (kind === undefined) return;
  const found = await findObject(client, kind, { name, namespace });
  if ("problem" in found) return failWith(found.problem);
  const object = found.value;
  const parts = [
    header(kind, object),
    ...conditionParts(object),
    ...(await kindParts(client, object)),
    await problemPart(client, object),
  ];
  print(parts.filter((part) => part !== "").join("\n"));
}

async function kindParts(client: LocalClient, object: ObjectView): Promise<string[]> {
  switch (object.resource.kind) {
    case "HybridService":
      return describeService(client, object);
    case "Gateway":
      return describeGateway(client, object);
    default:
      return [section("Spec", await body(object))];
  }
}

function header(kind: KindView, object: ObjectView): string {
  const { metadata, apiVersion } = object.resource;
  const pairs: [string, string][] = [
    ["Name:", metadata.name],
    ...(kind.namespaced ? [["Namespace:", metadata.namespace] as [string, string]] : []),
    ["Kind:", `${kind.kind} (${apiVersion})`],
    ["Labels:", keyValues(metadata.labels)],
    ["Annotations:", keyValues(metadata.annotations)],
    ["Generation:", String(metadata.generation ?? "")],
    ["Origin:", originText(object)],
    ["Age:", age(metadata.creationTimestamp ?? object.since, new Date())],
  ];
  return columns(pairs);
}

function conditionParts({ status }: ObjectView): string[] {
  const parts: string[] = [];
  if (status?.conditions) parts.push(section("Conditions", conditionTable(status.conditions)));
  for (const { parentRef, conditions } of status?.parents ?? []) {
    const place = parentRef.sectionName === undefined ? "" : `, listener ${parentRef.sectionName}`;
    const title = `Parent ${parentRef.kind} ${parentRef.namespace}/${parentRef.name}${place}`;
    parts.push(section(title, conditionTable(conditions)));
  }
  return parts;
}

/** Everything of the object but the envelope, as YAML. */
async function body({ resource }: ObjectView): Promise<string> {
  const {
    apiVersion: _version,
    kind: _kind,
    metadata: _metadata,
    ...rest
  } = resource as unknown as Record<string, unknown>;
  const { spec, ...others } = rest;
  return formatDocument(Object.keys(others).length === 0 ? spec : rest, "yaml");
}

async function problemPart(client: LocalClient, object: ObjectView): Promise<string> {
  const answer = await client.problems();
  const key = keyOf(object.resource);
  const own = "value" in answer ? answer.value.filter((problem) => problem.object === key) : [];
  if (own.length === 0) return "";
  const { formatProblem } = await import("../model/problem.ts");
  return section("Problems", own.map((problem) => `${formatProblem(problem)}\n`).join(""));
}

function keyValues(record: Readonly<Record<string, string>>): string {
  return (
    Object.entries(record)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ") || "<none>"
  );
}
