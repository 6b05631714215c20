/**
 * The status that users see: what the compiler says, and Programmed from what the proxies acknowledged.
 */

import type { ConditionView, StatusView } from "../client/local-types.ts";
import type { ObjectStatus } from "../compiler/status.ts";
import type { Condition } from "../model/conditions.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import type { ProgrammedState } from "./programmed.ts";

/** What a proxy refused of an object's resources, in Envoy's words. */
export interface Refused {
  readonly resource: string;
  readonly message: string;
}

/** Remembers when each condition last changed its status (metav1.Condition.lastTransitionTime). */
export class TransitionTimes {
  readonly #seen = new Map<ObjectKey, Map<string, { status: string; at: number }>>();

  note(object: ObjectKey, place: string, condition: Condition, now: number): number {
    let ofObject = this.#seen.get(object);
    if (!ofObject) {
      ofObject = new Map();
      this.#seen.set(object, ofObject);
    }
    const name = `${place} ${condition.type}`;
    const seen = ofObject.get(name);
    if (seen?.status === condition.status) return seen.at;
    ofObject.set(name, { status: condition.status, at: now });
    return now;
  }

  forget(object: ObjectKey): void {
    this.#seen.delete(object);
  }
}

export interface StatusInputs {
  readonly key: ObjectKey;
  readonly status: ObjectStatus;
  readonly programmed: ProgrammedState | undefined;
  readonly refused: readonly Refused[];
}

export function statusView(inputs: StatusInputs, times: TransitionTimes, now: number): StatusView {
  const { key, status } = inputs;
  const timed =
    (place: string) =>
    (condition: Condition): ConditionView => ({
      ...condition,
      lastTransitionTime: new Date(times.note(key, place, condition, now)).toISOString(),
    });
  const withProgrammed = (conditions: readonly Condition[], place: string) => {
    const isAccepted = conditions.some((condition) => condition.type === "Accepted" && condition.status === "True");
    return [...conditions, programmedCondition(inputs, isAccepted)].map(timed(place));
  };
  const { kind } = parseObjectKey(key);
  const hasProgrammed = kind === "Gateway" || kind === "HybridService";
  return {
    ...(status.conditions
      ? { conditions: hasProgrammed ? withProgrammed(status.conditions, "") : status.conditions.map(timed("")) }
      : {}),
    ...(status.parents
      ? {
          parents: status.parents.map((parent, index) => ({
            parentRef: parent.parentRef,
            controllerName: parent.controllerName,
            conditions: withProgrammed(parent.conditions, `parent ${index}`),
          })),
        }
      : {}),
    ...(status.listeners
      ? {
          listeners: status.listeners.map((listener) => ({
            ...listener,
            conditions: withProgrammed(listener.conditions, `listener ${listener.name}`),
          })),
        }
      : {}),
    ...(status.addresses ? { addresses: status.addresses } : {}),
  };
}

function programmedCondition({ programmed, refused }: StatusInputs, isAccepted: boolean): Condition {
  const generation = programmed?.generation === undefined ? {} : { observedGeneration: programmed.generation };
  const no = (reason: string, message: string): Condition => ({
    type: "Programmed",
    status: "False",
    reason,
    message,
    ...generation,
  });
  const [first] = refused;
  if (!isAccepted) return no("Invalid", "nothing is served before Accepted is True");
  if (first)
    return no(
      "Invalid",
      `Envoy refused ${first.resource}: ${first.message.trim()}. The last good version keeps serving`,
    );
  if (!programmed) return no("Pending", "not published yet");
  if (programmed.kind === "pending") {
    const gateways = programmed.waitsFor
      .map((gateway) => parseObjectKey(gateway))
      .map(({ namespace, name }) => `${namespace}/${name}`);
    return no("Pending", `waiting for the proxies of Gateway ${gateways.join(", ")}; see \`landbridge proxies\``);
  }
  return {
    type: "Programmed",
    status: "True",
    reason: "Programmed",
    message: "live on every connected proxy",
    ...generation,
  };
}
