/** GET /openapi/v3 and what it leads to. Documents are made when they are first asked for, and kept as bytes. */
import { createHash } from "node:crypto";
import { buildDocument, GROUP_VERSIONS } from "./document.ts";

export interface OpenApiBytes {
  /** The document, as UTF-8. */
  readonly json: Buffer;
  /** Of the document: whoever has the same hash may use what they have. */
  readonly hash: string;
}

export interface OpenApiIndex {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

const made = new Map<string, OpenApiBytes>();

/** @param path as in the index: "api/v1", "apis/landbridge.dev/v1alpha1". Undefined when there is no such document. */
export function openApiV3Bytes(path: string): OpenApiBytes | undefined {
  const known = made.get(path);
  if (known) return known;
  const groupVersion = GROUP_VERSIONS.get(path);
  if (!groupVersion) return undefined;
  const json = Buffer.from(JSON.stringify(buildDocument(groupVersion)));
  const bytes = { json, hash: createHash("sha256").update(json).digest("hex").toUpperCase() };
  made.set(path, bytes);
  return bytes;
}

/** The same as a value; undefined when there is no such document. */
export function openApiV3(path: string): unknown {
  const bytes = openApiV3Bytes(path);
  return bytes && JSON.parse(bytes.json.toString("utf8"));
}

/** The documents that there are. Each address changes with its document, so that clients may keep what they have. */
export function openApiV3Index(): OpenApiIndex {
  const entries = [...GROUP_VERSIONS.keys()].map((path) => {
    const hash = openApiV3Bytes(path)?.hash ?? "";
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}
