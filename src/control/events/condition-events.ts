/** Which changes of an object's conditions are told as Events. Pure. */
import type { ConditionView, StatusView } from "../../client/local-types.ts";

export interface ObjectEvent {
  readonly type: "Normal" | "Warning";
  /** As the condition has it: "Programmed", "BackendNotFound". */
  readonly reason: string;
  readonly message: string;
}

/** Where a condition stands, and its status and reason. */
type Seen = ReadonlyMap<string, string>;

/** Conditions that are bad when they are True. */
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(["Conflicted", "OverlappingTLSConfig"]);
/** Said by every change on its way, and soon followed by another. */
const PASSING = "Pending";

/** What is remembered of a status, to tell the next one from it. */
export function seenOf(status: StatusView): Seen {
  return new Map(placed(status).map(([place, condition]) => [place, stateOf(condition)]));
}

/** Something got worse, or is good again (that a good state is a new one, generation by generation, is no news). */
export function conditionEvents(before: Seen, status: StatusView): readonly ObjectEvent[] {
  return placed(status).flatMap(([place, condition]): ObjectEvent[] => {
    const { type, reason, message } = condition;
    const known = before.get(place);
    const state = stateOf(condition);
    if (state === known || reason === PASSING) return [];
    const isGood = (condition.status === "True") !== BAD_WHEN_TRUE.has(type);
    if (!isGood) return [{ type: "Warning", reason, message: `${type}: ${message}` }];
    return known === undefined || known.startsWith("good")
      ? []
      : [{ type: "Normal", reason, message: `${type}: ${message}` }];
  });
}

function stateOf({ type, status, reason }: ConditionView): string {
  const isGood = (status === "True") !== BAD_WHEN_TRUE.has(type) || reason === PASSING;
  return isGood ? "good" : `bad ${reason}`;
}

function placed({ conditions = [], parents = [], listeners = [] }: StatusView): (readonly [string, ConditionView])[] {
  const of = (place: string, list: readonly ConditionView[]) =>
    list.map((condition) => [`${place} ${condition.type}`, condition] as const);
  return [
    ...of("", conditions),
    ...parents.flatMap((parent, index) => of(`parent ${index}`, parent.conditions)),
    ...listeners.flatMap((listener) => of(`listener ${listener.name}`, listener.conditions)),
  ];
}
