import type { FieldPath, Finding } from "./mistake.ts";

/**
 * Objects with a discriminator and one settings field for each of its values: the one that belongs to
 * the value must be there, and no other.
 */
export function memberFindings(
  object: object,
  discriminator: string,
  fields: Readonly<Record<string, string>>,
  path: FieldPath,
): Finding[] {
  const members = object as Readonly<Record<string, unknown>>;
  const chosen = String(members[discriminator]);
  return Object.entries(fields).flatMap(([value, field]): Finding[] => {
    const there = members[field] !== undefined;
    if (value === chosen && !there) {
      return [
        {
          code: "LB1317",
          message: `${discriminator} is ${chosen}, but ${field} isn't there`,
          hint: `Add ${field}, or choose another ${discriminator}.`,
          path,
        },
      ];
    }
    if (value !== chosen && there) {
      return [
        {
          code: "LB1318",
          message: `${field} doesn't belong to ${discriminator} ${chosen}`,
          hint: `Take it out, or set ${discriminator} to ${value}.`,
          path: [...path, field],
        },
      ];
    }
    return [];
  });
}
