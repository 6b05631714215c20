/** Which changes of an object's conditions are told as Events. Pure. */
import type { ConditionView, StatusView } from "../../client/local-types.ts";

export interface ObjectEvent {
  readonly type: "Normal" | "Warning";
  /** As the condition has it: "Programmed", "BackendNotFound". */
  readonly reason: string;
  readonly message: string;
}

/** What is wrong with an object: the reason, by where its condition stands. Most objects have nothing here. */
export type Troubles = ReadonlyMap<string, string>;

export const NO_TROUBLES: Troubles = new Map();

/** Conditions that are bad when they are True. */
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(["Conflicted", "OverlappingTLSConfig"]);
/** Said by every change on its way, and soon followed by another. */
const PASSING = "Pending";

export function troublesOf(status: StatusView): Troubles {
  const bad = placed(status).filter(([, condition]) => isBad(condition));
  return bad.length === 0 ? NO_TROUBLES : new Map(bad.map(([place, { reason }]) => [place, reason]));
}

/** Something is wrong that wasn't, or in another way, or is good again. That all goes well is no news. */
export function conditionEvents(before: Troubles, status: StatusView): readonly ObjectEvent[] {
  return placed(status).flatMap(([place, condition]): ObjectEvent[] => {
    const { type, reason, message } = condition;
    if (reason === PASSING || before.get(place) === (isBad(condition) ? reason : undefined)) return [];
    return [{ type: isBad(condition) ? "Warning" : "Normal", reason, message: `${type}: ${message}` }];
  });
}

function isBad({ type, status, reason }: ConditionView): boolean {
  return (status === "True") === BAD_WHEN_TRUE.has(type) && reason !== PASSING;
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
