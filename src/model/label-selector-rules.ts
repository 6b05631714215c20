import type { LabelSelector } from "./label-selector.ts";
import { checkLabelKey, checkLabelValue } from "./labels.ts";
import type { FieldPath, Finding, Mistake } from "./mistake.ts";

/** ValidateLabelSelector of Kubernetes. */
export function checkLabelSelector(selector: LabelSelector, path: FieldPath): Finding[] {
  const labels = Object.entries(selector.matchLabels).flatMap(([key, value]) =>
    at(checkLabelKey(key) ?? checkLabelValue(value), [...path, "matchLabels", key]),
  );
  const expressions = selector.matchExpressions.flatMap(({ key, operator, values }, index) => {
    const place = [...path, "matchExpressions", index];
    return [
      ...at(checkLabelKey(key), [...place, "key"]),
      ...at(checkCount(operator, values.length), [...place, "values"]),
      ...values.flatMap((value, number) => at(checkLabelValue(value), [...place, "values", number])),
    ];
  });
  return [...labels, ...expressions];
}

function checkCount(operator: string, count: number): Mistake | undefined {
  const takesValues = operator === "In" || operator === "NotIn";
  if (takesValues && count === 0) {
    return {
      code: "LB1103",
      message: `the field is required: ${operator} compares with values`,
      hint: "Add at least one.",
    };
  }
  if (!takesValues && count > 0) {
    return { code: "LB1107", message: `${operator} takes no values, and there are ${count}`, hint: "Take them out." };
  }
  return undefined;
}

function at(mistake: Mistake | undefined, path: FieldPath): Finding[] {
  return mistake ? [{ ...mistake, path }] : [];
}
