import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import { type Finding, findImports, findImpurities } from "./module-syntax.ts";

/** The content of layers.json. */
export interface Layers {
  /** For each folder of src/, the other folders that it may import. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  /** Files outside of src/ that every folder may import. */
  readonly anyMayImport: readonly string[];
  /** Folders that neither read a clock nor act. */
  readonly pure: readonly string[];
  /** What pure folders may import from Node's modules: functions of their arguments alone. Types are always allowed. */
  readonly pureMayImport: Readonly<Record<string, readonly string[]>>;
}

export function readLayers(repository: string): Layers {
  return JSON.parse(readFileSync(join(repository, "layers.json"), "utf8"));
}

/**
 * Says where a source file breaks layers.json, as "file:line: what".
 *
 * @param file relative to the repository, e.g. "src/model/keys.ts"
 */
export function checkLayersOf(file: string, text: string, rules: Layers): string[] {
  const folder = folderOf(file);
  const allowed = folder === undefined ? undefined : rules.layers[folder];
  if (folder === undefined || allowed === undefined)
    return [`${file}:1: layers.json doesn't know the folder of this file`];
  const pure = rules.pure.includes(folder);
  const complaints: string[] = [];
  const complain = (at: Finding, what: string) => complaints.push(`${file}:${at.line}: ${what}`);

  for (const found of findImports(file, text)) {
    if (found.name === "") {
      complain(found, "imports by a name that only shows at run time");
    } else if (found.name.startsWith(".")) {
      const target = posix.join(posix.dirname(file), found.name);
      const targetFolder = folderOf(target);
      if (rules.anyMayImport.includes(target)) continue;
      if (targetFolder === undefined) complain(found, `${target} is outside the folders of src/`);
      else if (targetFolder !== folder && !allowed.includes(targetFolder)) {
        complain(found, `${folder} may not import ${targetFolder} (${target}); layers.json says what it may`);
      }
    } else if (pure && isOfNode(found.name)) {
      const harmless = rules.pureMayImport[found.name] ?? [];
      const refused = found.values.filter((value) => !harmless.includes(value));
      for (const value of refused) complain(found, `${folder} is pure and may not import ${value} from ${found.name}`);
    }
  }
  if (pure) {
    for (const found of findImpurities(file, text)) {
      complain(found, `${folder} is pure and may not use ${found.name}: take the value as an argument`);
    }
  }
  return complaints;
}

/** "model" for "src/model/keys.ts"; undefined for files that lie in no folder of src/. */
function folderOf(file: string): string | undefined {
  const [top, folder, ...rest] = file.split("/");
  return top === "src" && rest.length > 0 ? folder : undefined;
}

function isOfNode(name: string): boolean {
  return name.startsWith("node:") || builtinModules.includes(name);
}
