import type { ApiClient } from "../client/api-client.ts";
import type { ApiResource } from "../client/api-types.ts";
import type { Answer } from "../client/local-client.ts";
import { redact } from "../lib/redact.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Problem } from "../model/problem.ts";
import { mayGet, type Sight } from "./may-see.ts";
import {
  type KindRef,
  type ObjectReader,
  type ReadableKind,
  type ReadObject,
  readObjectOf,
  type Selection,
} from "./object-reader.ts";

export interface ApiReaderOptions {
  /** Leave only names and sizes of what Secrets hold. */
  readonly isRedacted?: boolean;
}

/** Reads over the API, with the rights of the user. */
export class ApiReader implements ObjectReader {
  readonly pages: ApiClient;
  readonly #isRedacted: boolean;

  constructor(client: ApiClient, { isRedacted = false }: ApiReaderOptions = {}) {
    this.pages = client;
    this.#isRedacted = isRedacted;
  }

  get ownNamespace(): string | undefined {
    return this.pages.connection.namespace;
  }

  may(sight: Sight): Promise<boolean> {
    return mayGet(this.pages, sight);
  }

  /** Each kind in the version that its group prefers; those that can't be listed (reviews) are questions, not objects. */
  async kinds(): Promise<Answer<readonly ReadableKind[]>> {
    const resources = await this.pages.resources();
    if ("problem" in resources) return resources;
    const readable = resources.value.filter(({ verbs }) => verbs.includes("list"));
    return { value: preferred(readable).map((found) => ({ ...found, plural: found.resource })) };
  }

  async objects(kind: KindRef, selection: Selection): Promise<Answer<readonly ReadObject[]>> {
    const resource = await this.#resource(kind);
    if ("problem" in resource) return resource;
    const { namespace = "", name } = selection;
    const hasPlace = !kind.namespaced || namespace !== "";
    if (name !== undefined && hasPlace) return this.#one(resource.value, namespace, name);
    const list = await this.pages.list(resource.value, namespace, selectorsOf(selection));
    return "problem" in list ? list : { value: list.value.items.map((object) => this.#view(object)) };
  }

  async watch(
    kind: KindRef,
    selection: Selection,
    onObjects: (objects: readonly ReadObject[]) => void,
    signal: AbortSignal,
  ): Promise<Problem | undefined> {
    const resource = await this.#resource(kind);
    if ("problem" in resource) return resource.problem;
    const options = { ...selectorsOf(selection), signal };
    let first: ReadObject[] | undefined = [];
    for await (const event of this.pages.watch(resource.value, selection.namespace ?? "", options)) {
      if ("problem" in event) return event.problem;
      if (event.value.type === "SYNCED") {
        if (first !== undefined && first.length > 0) onObjects(first);
        first = undefined;
      } else if (first === undefined) onObjects([this.#view(event.value.object)]);
      else first.push(this.#view(event.value.object));
    }
    return undefined;
  }

  async #one(resource: ApiResource, namespace: string, name: string): Promise<Answer<readonly ReadObject[]>> {
    const answer = await this.pages.get(resource, namespace, name);
    if ("value" in answer) return { value: [this.#view(answer.value)] };
    return answer.problem.status?.reason === "NotFound" ? { value: [] } : answer;
  }

  async #resource({ kind, group }: KindRef): Promise<Answer<ApiResource>> {
    const resources = await this.pages.resources();
    if ("problem" in resources) return resources;
    const found = resources.value.find((resource) => resource.kind === kind && resource.group === group);
    if (found === undefined) throw new Error(`${kind} isn't among the kinds that the API named`);
    return { value: found };
  }

  #view(object: RawObject): ReadObject {
    return readObjectOf(this.#isRedacted ? (redact(object) as RawObject) : object);
  }
}

function selectorsOf({ name, labelSelector, fieldSelector }: Selection) {
  const byName = name === undefined ? [] : [`metadata.name=${name}`];
  const fields = [...byName, ...(fieldSelector === undefined ? [] : [fieldSelector])].join(",");
  return { labelSelector, fieldSelector: fields === "" ? undefined : fields };
}

/** Each resource in the version that its group prefers, which discovery names first. */
export function preferred(resources: readonly ApiResource[]): ApiResource[] {
  const first = new Map<string, ApiResource>();
  for (const resource of resources) {
    const name = `${resource.resource}.${resource.group}`;
    if (!first.has(name)) first.set(name, resource);
  }
  return [...first.values()];
}
