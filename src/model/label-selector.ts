/** Labels, and choosing objects by them (metav1.LabelSelector). */
import * as z from "zod";
import type { Immutable } from "./kind-definition.ts";

export const labelSelector = z.strictObject({
  matchLabels: z
    .record(z.string(), z.string())
    .default({})
    .describe("Labels that the object must have, with these values."),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string().describe("Name of a label."),
        operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]).describe("How the label is compared."),
        values: z.array(z.string()).default([]).describe("Values for In and NotIn."),
      }),
    )
    .default([])
    .describe("Conditions that must all hold."),
});

export type LabelSelector = Immutable<z.output<typeof labelSelector>>;

/** An empty selector matches everything, as in Kubernetes. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const labelOf = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labelOf(key) === value) &&
    selector.matchExpressions.every((expression) => matchesExpression(expression, labelOf(expression.key)))
  );
}

function matchesExpression(
  { operator, values }: LabelSelector["matchExpressions"][number],
  value: string | undefined,
): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
