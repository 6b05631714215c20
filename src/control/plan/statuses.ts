/** What a plan changes of the statuses that follow from the model: all but Programmed, which only proxies can tell. */
import type { ConditionState, PlannedCondition, PlannedStatus } from "../../client/plan-view.ts";
import type { ObjectStatus } from "../../compiler/status.ts";
import { equal } from "../../lib/equal.ts";
import type { Condition } from "../../model/conditions.ts";
import { type ObjectKey, objectKey } from "../../model/keys.ts";

interface PlacedCondition {
  readonly of: string;
  readonly type: string;
  readonly state: ConditionState;
}

export function plannedStatuses(
  changed: ReadonlyMap<ObjectKey, ObjectStatus | undefined>,
  before: (key: ObjectKey) => ObjectStatus | undefined,
): PlannedStatus[] {
  return [...changed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([object, after]) => ({ object, conditions: conditionChanges(before(object), after) }))
    .filter(({ conditions }) => conditions.length > 0);
}

function conditionChanges(before: ObjectStatus | undefined, after: ObjectStatus | undefined): PlannedCondition[] {
  const [old, next] = [placed(before), placed(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), next.get(name)];
    const named = was ?? is;
    if (!named || equal(was, is)) return [];
    const { of, type } = named;
    return [{ of, type, ...(was ? { before: was.state } : {}), ...(is ? { after: is.state } : {}) }];
  });
}

function placed(status: ObjectStatus | undefined): Map<string, PlacedCondition> {
  const conditions = new Map<string, PlacedCondition>();
  const add = (of: string, list: readonly Condition[] | undefined) => {
    for (const { type, status: value, reason, message } of list ?? [])
      conditions.set(`${of} ${type}`, { of, type, state: { status: value, reason, message } });
  };
  add("", status?.conditions);
  for (const listener of status?.listeners ?? []) add(`listener ${listener.name}`, listener.conditions);
  for (const { parentRef, conditions: own } of status?.parents ?? []) {
    const { kind, namespace, name, sectionName, port } = parentRef;
    const part = [sectionName && ` ${sectionName}`, port && ` port ${port}`].filter(Boolean).join("");
    add(`parent ${objectKey(kind, namespace, name)}${part}`, own);
  }
  return conditions;
}
