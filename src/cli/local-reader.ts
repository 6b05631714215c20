import type { Answer, LocalClient } from "../client/local-client.ts";
import type { ObjectFilter } from "../client/local-types.ts";
import type { Problem } from "../model/problem.ts";
import type { KindRef, ObjectReader, ReadableKind, ReadObject, Selection } from "./object-reader.ts";

/** Reads from the control plane's socket. It has no selectors: for those, and kinds that only the API has, see open-reader.ts. */
export class LocalReader implements ObjectReader {
  readonly pages: LocalClient;
  readonly ownNamespace = undefined;

  constructor(client: LocalClient) {
    this.pages = client;
  }

  /** Whoever can open the socket may see all that it shows. */
  async may(): Promise<boolean> {
    return true;
  }

  kinds(): Promise<Answer<readonly ReadableKind[]>> {
    return this.pages.kinds();
  }

  objects(kind: KindRef, selection: Selection): Promise<Answer<readonly ReadObject[]>> {
    return this.pages.objects(filterOf(kind, selection));
  }

  async watch(
    kind: KindRef,
    selection: Selection,
    onObjects: (objects: readonly ReadObject[]) => void,
    signal: AbortSignal,
  ): Promise<Problem | undefined> {
    let first: ReadObject[] | undefined = [];
    return this.pages.watch(
      ["objects"],
      filterOf(kind, selection),
      (line) => {
        if (line.topic !== "objects") return;
        if (first === undefined) onObjects([line.object]);
        // What is there already arrives in one go.
        else if (first.push(line.object) === 1)
          setImmediate(() => {
            const batch = first ?? [];
            first = undefined;
            onObjects(batch);
          });
      },
      signal,
    );
  }
}

function filterOf({ kind }: KindRef, { namespace, name }: Selection): ObjectFilter {
  return { kind, namespace, name };
}
