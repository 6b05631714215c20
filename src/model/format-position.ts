import type { SourcePosition } from "./problem.ts";

/** "shop/front.yaml:12:3" */
export function formatPosition(position: SourcePosition): string {
  return `${position.file}:${position.line}:${position.column}`;
}
