import type { Finding } from "../../model/mistake.ts";
import type { ModelProblemCode } from "../../model/problem-codes.ts";

/** metav1.CauseType of fields, with what Kubernetes writes before the message (k8s.io/apimachinery, field.ErrorType). */
export const CAUSE_TITLES = {
  FieldValueNotFound: "Not found",
  FieldValueRequired: "Required value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooLong: "Too long",
  FieldValueTooShort: "Too short",
  FieldValueTooMany: "Too many",
  FieldValueTooFew: "Too few",
  FieldValueTypeInvalid: "Invalid value",
} as const;

export type CauseType = keyof typeof CAUSE_TITLES;

/** All other codes are FieldValueInvalid. */
const BY_CODE: Readonly<Partial<Record<ModelProblemCode, CauseType>>> = {
  LB1003: "FieldValueDuplicate",
  LB1009: "FieldValueRequired",
  LB1010: "FieldValueNotSupported",
  LB1011: "FieldValueNotSupported",
  LB1101: "FieldValueForbidden",
  LB1102: "FieldValueTypeInvalid",
  LB1103: "FieldValueRequired",
  LB1104: "FieldValueNotSupported",
  LB1202: "FieldValueForbidden",
  LB1301: "FieldValueDuplicate",
  LB1302: "FieldValueDuplicate",
  LB1303: "FieldValueForbidden",
  LB1305: "FieldValueForbidden",
  LB1306: "FieldValueRequired",
  LB1307: "FieldValueRequired",
  LB1311: "FieldValueDuplicate",
  LB1312: "FieldValueTooMany",
  LB1313: "FieldValueForbidden",
  LB1315: "FieldValueForbidden",
  LB1316: "FieldValueDuplicate",
  LB1317: "FieldValueRequired",
  LB1318: "FieldValueForbidden",
  LB1319: "FieldValueRequired",
  LB1320: "FieldValueForbidden",
  LB1322: "FieldValueForbidden",
  LB1326: "FieldValueRequired",
  LB1327: "FieldValueForbidden",
  LB1330: "FieldValueRequired",
  LB1332: "FieldValueRequired",
  LB1343: "FieldValueNotFound",
  LB1345: "FieldValueRequired",
  LB1346: "FieldValueForbidden",
  LB1348: "FieldValueRequired",
  LB1350: "FieldValueForbidden",
};

export function causeTypeOf({ code, message }: Pick<Finding, "code" | "message">): CauseType {
  // One code each for both sides of a length; Kubernetes tells them apart.
  const isOver = message.includes(" at most ");
  if (code === "LB1106") return isOver ? "FieldValueTooLong" : "FieldValueTooShort";
  if (code === "LB1107") return isOver ? "FieldValueTooMany" : "FieldValueTooFew";
  return BY_CODE[code] ?? "FieldValueInvalid";
}
