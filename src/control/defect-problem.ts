import type { CompileDelta } from "../compiler/compiler.ts";
import { COMPILER_PROBLEMS } from "../compiler/problem-codes.ts";
import type { Problem } from "../model/problem.ts";

export function defectProblem({ instance, error }: CompileDelta["defects"][number]): Problem {
  const code = "LB2008";
  const message = `${instance} can't be compiled: ${error instanceof Error ? error.message : String(error)}`;
  return { code, severity: "error", message, hint: COMPILER_PROBLEMS[code]?.wayOut ?? "", path: "" };
}
