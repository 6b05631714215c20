/** Rules between the fields of one match of an HTTPRoute. */
import type { HttpRouteMatch } from "./http-route.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { checkRe2 } from "./re2.ts";
import { repeatedNames } from "./repeated.ts";
import { checkPathMatch } from "./url-path.ts";

export function checkMatch({ path: pathMatch, headers, queryParams }: HttpRouteMatch, path: FieldPath): Finding[] {
  const mistake = pathMatch.type === "RegularExpression" ? checkRe2(pathMatch.value) : checkPathMatch(pathMatch.value);
  return [
    ...(mistake ? [{ ...mistake, path: [...path, "path", "value"] }] : []),
    ...repeatedNames(headers, [...path, "headers"], "the header"),
    ...repeatedNames(queryParams, [...path, "queryParams"], "the query parameter"),
    ...checkValues(headers, [...path, "headers"]),
    ...checkValues(queryParams, [...path, "queryParams"]),
  ];
}

function checkValues(
  matches: readonly { readonly type: string; readonly value: string }[],
  path: FieldPath,
): Finding[] {
  return matches.flatMap(({ type, value }, index) => {
    const mistake = type === "RegularExpression" ? checkRe2(value) : undefined;
    return mistake ? [{ ...mistake, path: [...path, index, "value"] }] : [];
  });
}
