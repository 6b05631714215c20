import { type Compiled, compile } from "../../src/compiler/compile.ts";
import { Compiler } from "../../src/compiler/compiler.ts";
import type { CompileOptions } from "../../src/compiler/routing/routing.ts";
import { OFFLINE_OPTIONS, staticEndpoints } from "../../src/control/offline.ts";
import type { AnyResource } from "../../src/model/kinds.ts";

/** A full compile with the endpoints of the Static platforms. */
export function compileObjects(objects: readonly AnyResource[], options: CompileOptions = OFFLINE_OPTIONS): Compiled {
  const { queriesAdded } = new Compiler(options).update(objects.map((resource) => ({ kind: "set", resource })));
  return compile(objects, staticEndpoints(objects, queriesAdded), options);
}
