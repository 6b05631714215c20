import type { SourcePosition } from "../model/problem.ts";

/** "shop/front.yaml:12:3" */
export function formatPosition(position: SourcePosition): string {
  return `${position.file}:${position.line}:${position.column}`;
}
