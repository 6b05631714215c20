/** The Accept and Content-Type headers as media types with parameters (RFC 9110, sections 8.3.1 and 12.5.1). */

export interface MediaRange {
  /** Lower case, as "application/json" or "application/*". */
  readonly type: string;
  /** Names in lower case, values as they are written; without q. */
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 to 1; 0 is "not this". */
  readonly quality: number;
}

/** More of them are no answer to what a client can read. */
const MAX_RANGES = 50;

/** A part of a list or of a media type: text and quoted strings, up to the next separator outside of quotes. */
const LIST_PART = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/gs;
const TYPE_PART = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/gs;

/** What a client takes, the best first; of equals those that are more exact, then in their order. */
export function acceptedRanges(header: string): readonly MediaRange[] {
  const ranges = parts(header, LIST_PART).slice(0, MAX_RANGES).map(mediaRange);
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || exactness(b.type) - exactness(a.type));
}

/** A single media type. What isn't one gives a type that nothing matches. */
export function mediaRange(text: string): MediaRange {
  const [type = "", ...rest] = parts(text, TYPE_PART);
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    const value = unquoted(parameter.slice(equals + 1).trim());
    if (name === "q") quality = qualityOf(value);
    else if (!parameters.has(name)) parameters.set(name, value);
  }
  return { type: type.toLowerCase(), parameters, quality };
}

function parts(text: string, part: RegExp): readonly string[] {
  return [...text.matchAll(part)].map(([match]) => match.trim()).filter((match) => match !== "");
}

function exactness(type: string): number {
  return type === "*/*" ? 0 : type.endsWith("/*") ? 1 : 2;
}

/** One that can't be read counts as 1, as in Kubernetes. */
function qualityOf(text: string): number {
  const value = /^\d*\.?\d*$/.test(text) && /\d/.test(text) ? Number(text) : 1;
  return Math.min(value, 1);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, "").replace(/\\(.)/gs, "$1") : text;
}
