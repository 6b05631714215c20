/** Plain data as YAML or JSON. The YAML library is loaded only when it is asked for. */
export type DocumentFormat = "yaml" | "json";

export async function formatDocument(value: unknown, format: DocumentFormat): Promise<string> {
  if (format === "json") return `${JSON.stringify(value, undefined, 4)}\n`;
  const { stringify } = await import("yaml");
  // What JSON leaves out (undefined) YAML would write as null.
  const plain = JSON.parse(JSON.stringify(value ?? null));
  // kubectl reads YAML 1.1, where a plain yes is no text.
  return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });
}
