/** What happened to one object: the last part of `describe`. */
import type { ApiClient } from "../client/api-client.ts";
import { findResource } from "../client/api-resources.ts";
import { ageOf, eventCount, eventSourceText, firstSeen, lastSeen } from "../client/column-values.ts";
import { at, text } from "../lib/fields.ts";
import type { ResourceEnvelope } from "../model/metadata.ts";
import type { RawObject } from "../model/object-meta.ts";
import { section } from "./sections.ts";
import { table } from "./table.ts";

/** kubectl's columns. */
const TITLES = ["TYPE", "REASON", "AGE", "FROM", "MESSAGE"];

/** @returns "" where Events can't be had: what isn't known is not said to be nothing */
export async function eventsAbout(api: ApiClient, { kind, metadata }: ResourceEnvelope): Promise<string> {
  const resources = await api.resources();
  const resource = "value" in resources ? findResource(resources.value, "events.v1") : undefined;
  if (!resource) return "";
  // Events about objects without a namespace are in "default".
  const namespace = metadata.namespace || "default";
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${metadata.name}`;
  const list = await api.list(resource, namespace, { fieldSelector });
  if ("problem" in list) return "";
  const now = new Date();
  const rows = list.value.items
    .toSorted((a, b) => lastSeenTime(a) - lastSeenTime(b))
    .map((event) => [
      text(at(event, "type")),
      text(at(event, "reason")),
      ageText(event, now),
      eventSourceText(event),
      text(at(event, "message")).trim(),
    ]);
  return section("Events", rows.length === 0 ? "<none>" : table(TITLES, rows));
}

/** Epoch milliseconds; 0 without a time. */
export function lastSeenTime(event: RawObject): number {
  return Date.parse(text(lastSeen(event))) || 0;
}

/** "5m", or as kubectl has it "5m (x3 over 2h)". */
function ageText(event: RawObject, now: Date): string {
  const last = ageOf(lastSeen(event), now);
  const count = eventCount(event);
  return count === "1" ? last : `${last} (x${count} over ${ageOf(firstSeen(event), now)})`;
}
