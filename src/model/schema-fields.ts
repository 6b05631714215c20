import type * as z from "zod";
import type { FieldPath } from "./mistake.ts";

/** The fields that a schema has at a path; none where it holds no fixed set of fields. */
export function knownFields(schema: z.core.$ZodType, path: FieldPath): readonly string[] {
  let current: z.core.$ZodType | undefined = schema;
  for (const part of path) {
    if (current) current = step(current, part);
  }
  const shape = current && shapeOf(unwrap(current));
  return shape ? Object.keys(shape) : [];
}

function step(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const { def } = unwrap(schema)._zod as { readonly def: z.core.$ZodTypeDef };
  if (def.type === "array") return (def as z.core.$ZodArrayDef).element;
  if (def.type === "record") return (def as z.core.$ZodRecordDef).valueType;
  return shapeOf(unwrap(schema))?.[part];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { def } = schema._zod;
  return def.type === "object" ? (def as z.core.$ZodObjectDef).shape : undefined;
}

/** What is inside of optional and default. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as { readonly innerType?: z.core.$ZodType };
  return def.innerType ? unwrap(def.innerType) : schema;
}
