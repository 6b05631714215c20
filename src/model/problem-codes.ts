/** The codes of everything that can be wrong with an object by itself: LB10xx to LB13xx. */
import type { ProblemDescription } from "./problem.ts";
import { ACCESS_PROBLEMS } from "./problem-codes/access.ts";
import { CERTIFICATE_PROBLEMS } from "./problem-codes/certificates.ts";
import { FIELD_PROBLEMS } from "./problem-codes/fields.ts";
import { METADATA_PROBLEMS } from "./problem-codes/metadata.ts";
import { RULE_PROBLEMS } from "./problem-codes/rules.ts";
import { TEXT_PROBLEMS } from "./problem-codes/text.ts";
import { VALUE_PROBLEMS } from "./problem-codes/values.ts";

const TABLE = {
  ...TEXT_PROBLEMS,
  ...FIELD_PROBLEMS,
  ...VALUE_PROBLEMS,
  ...RULE_PROBLEMS,
  ...CERTIFICATE_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...METADATA_PROBLEMS,
};

export type ModelProblemCode = keyof typeof TABLE;

export const MODEL_PROBLEMS: Readonly<Record<ModelProblemCode, ProblemDescription>> = TABLE;
