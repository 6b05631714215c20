/** One condition of a label selector, and whether labels meet it (Requirement of k8s.io/apimachinery, pkg/labels). */

export type Labels = Readonly<Record<string, string>>;

export type LabelRequirement =
  /** Has the label with one of these values. */
  | { readonly operator: "in"; readonly key: string; readonly values: readonly string[] }
  /** Doesn't have it, or with another value. */
  | { readonly operator: "notin"; readonly key: string; readonly values: readonly string[] }
  | { readonly operator: "exists"; readonly key: string }
  | { readonly operator: "absent"; readonly key: string }
  /** Has it with a whole number that is greater or less. */
  | { readonly operator: "gt" | "lt"; readonly key: string; readonly bound: bigint };

/** A test that is made once and run on many objects. */
export function labelTest(requirement: LabelRequirement): (labels: Labels) => boolean {
  const { key } = requirement;
  switch (requirement.operator) {
    case "in": {
      const [only, ...others] = requirement.values;
      // By far the most frequent. What an object inherits is never text, so there is no need to ask whose it is.
      if (only !== undefined && others.length === 0) return (labels) => labels[key] === only;
      const values = new Set<unknown>(requirement.values);
      return (labels) => values.has(labels[key]);
    }
    case "notin": {
      const values = new Set<unknown>(requirement.values);
      return (labels) => !values.has(labels[key]);
    }
    case "exists":
      return (labels) => Object.hasOwn(labels, key);
    case "absent":
      return (labels) => !Object.hasOwn(labels, key);
    case "gt":
      return (labels) => isNumber(labels[key], (value) => value > requirement.bound);
    case "lt":
      return (labels) => isNumber(labels[key], (value) => value < requirement.bound);
  }
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A whole number in 64 bits, as Go's ParseInt reads it. */
export function parseInt64(text: string): bigint | undefined {
  if (text.length > 63 || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith("+") ? text.slice(1) : text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

function isNumber(text: string | undefined, test: (value: bigint) => boolean): boolean {
  const value = typeof text === "string" ? parseInt64(text) : undefined;
  return value !== undefined && test(value);
}
