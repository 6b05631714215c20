/** Objects as bytes: made once for each version of an object, then sent to everybody as they are. */
import type { RawObject } from "../model/object-meta.ts";
import type { ServedObject } from "./served-object.ts";

const PREFIX = '{"apiVersion":"';

/** apiVersion, kind and metadata first, status last, as people expect to read it. */
export function encodeObject(object: RawObject): Buffer {
  const { apiVersion, kind, metadata, status, ...body } = object;
  const text = JSON.stringify({ apiVersion, kind, metadata, ...body, ...(status === undefined ? {} : { status }) });
  // Not from the shared pool: these live long, and one of them would keep the whole pool page.
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text, "utf8");
  return bytes;
}

export function decodeObject(json: Buffer): RawObject {
  return JSON.parse(json.toString("utf8")) as RawObject;
}

/** The object in another version of its kind; all versions of a kind have the same fields. */
export function inVersion({ json }: ServedObject, apiVersion: string): Buffer {
  const end = json.indexOf('"', PREFIX.length);
  if (json.toString("latin1", PREFIX.length, end) === apiVersion) return json;
  return Buffer.concat([Buffer.from(PREFIX + apiVersion), json.subarray(end)]);
}
