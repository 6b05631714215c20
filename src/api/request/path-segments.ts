/** A URL's path as its segments, decoded once. */

export type PathSegments =
  | { readonly kind: "segments"; readonly segments: readonly string[] }
  | { readonly kind: "malformed"; readonly message: string };

/** @param path still percent-encoded, without the query; a slash at its end counts for nothing, as in Kubernetes */
export function pathSegments(path: string): PathSegments {
  if (!path.startsWith("/")) return malformed("the path doesn't start with a slash");
  if (path === "/") return { kind: "segments", segments: [] };
  const bare = path.endsWith("/") ? path.slice(1, -1) : path.slice(1);
  const segments: string[] = [];
  for (const encoded of bare.split("/")) {
    const segment = encoded.includes("%") ? decoded(encoded) : encoded;
    if (segment === undefined) return malformed("the path has a percent sign that starts no UTF-8 character");
    const mistake = mistakeOf(segment);
    if (mistake) return mistake;
    segments.push(segment);
  }
  return { kind: "segments", segments };
}

function mistakeOf(segment: string): PathSegments | undefined {
  if (segment === "") return malformed("a part of the path is empty");
  if (segment === "." || segment === "..") return malformed(`a part of the path is "${segment}"`);
  if (segment.includes("/")) return malformed("a part of the path has a slash in it");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(segment)) return malformed("the path has a control character");
  return undefined;
}

function malformed(message: string): PathSegments {
  return { kind: "malformed", message };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
