/** The verbs of the resource API. Whoever calls has found out who asks, and that they may. */
import { randomInt } from "node:crypto";
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import { objectKey } from "../../model/keys.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { decodeObject, encodeObject } from "../../registry/json.ts";
import type { Registry } from "../../registry/registry.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import { writeGate } from "../access/write-gate.ts";
import type { AuditTrail } from "../audit/audit-trail.ts";
import { readsTarget } from "../patch/json-patch-operations.ts";
import { queryFlag } from "../request/query-flag.ts";
import { badRequest, forbidden, methodNotAllowed, notFound } from "../status/failures.ts";
import { type Status, success } from "../status/status.ts";
import { issueToken, withIssuedToken } from "./access-tokens.ts";
import type { Place } from "./admit.ts";
import type { Answer, WatchPlan } from "./answer.ts";
import type { ApiRequest, ParsedBody } from "./api-request.ts";
import { applyPatch } from "./apply-patch.ts";
import { bindingWarnings } from "./binding-warning.ts";
import { listPage } from "./list-page.ts";
import type { ObjectWriter, Result, WriteRequest } from "./object-writer.ts";
import { deleteQuery, wholeNumber, writeQuery } from "./query.ts";
import { resourceOf } from "./resource-name.ts";
import { selectionOf } from "./selection.ts";
import { hasStatus, STATUS_VERBS, verbsOf } from "./subresources.ts";

export interface ResourceServiceOptions {
  readonly registry: Registry;
  readonly writer: ObjectWriter;
  readonly policy: AccessPolicy;
  readonly audit: AuditTrail;
}

type Verb = (request: ApiRequest) => Promise<Answer>;

/** A watch whose client names no time ends after 30 to 60 minutes, as Kubernetes has it: not all at once. Seconds. */
const WATCH_SECONDS = { least: 1_800, most: 3_600 };

export class ResourceService {
  readonly #options: ResourceServiceOptions;
  readonly #verbs: Readonly<Record<string, Verb>> = {
    get: (request) => this.#get(request),
    list: (request) => this.#list(request),
    watch: (request) => this.#watch(request),
    create: (request) => this.#create(request),
    update: (request) => this.#update(request),
    patch: (request) => this.#patch(request),
    delete: (request) => this.#delete(request),
    deletecollection: (request) => this.#deleteCollection(request),
  };

  constructor(options: ResourceServiceOptions) {
    this.#options = options;
  }

  answer(request: ApiRequest): Promise<Answer> {
    const { info, definition } = request;
    const verb = this.#verbs[info.verb];
    const isStatus = info.subresource === "status";
    const known = isStatus ? STATUS_VERBS : verbsOf(definition);
    if (!verb || !known.includes(info.verb)) {
      return Promise.resolve(failed(methodNotAllowed(resourceOf(definition), info.verb || "this method")));
    }
    if (info.rest.length > 0 || (info.subresource !== "" && !(isStatus && hasStatus(definition))))
      return Promise.resolve(failed(notFound(resourceOf(definition), `${info.name}/${info.subresource}`)));
    const misplaced = misplacement(request);
    return misplaced ? Promise.resolve(failed(misplaced)) : verb(request);
  }

  async #get(request: ApiRequest): Promise<Answer> {
    const object = await this.#options.registry.get(keyOfRequest(request));
    if (!object) return failed(notFound(resourceOf(request.definition), request.info.name));
    return { kind: "object", code: 200, object, warnings: [] };
  }

  async #list({ info, definition, query }: ApiRequest): Promise<Answer> {
    const selection = selectionOf(info, definition.kind, query);
    if ("failure" in selection) return failed(selection.failure);
    const limit = wholeNumber(query, "limit");
    if (typeof limit !== "number") return failed(limit.failure);
    const page = await listPage(this.#options.registry, {
      ...selection,
      kind: definition.kind,
      limit,
      continue: query.get("continue") ?? "",
      resourceVersion: query.get("resourceVersion") ?? "",
      resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
    });
    return "failure" in page ? failed(page.failure) : { kind: "list", definition, page };
  }

  async #watch({ info, definition, query }: ApiRequest): Promise<Answer> {
    const selection = selectionOf(info, definition.kind, query);
    if ("failure" in selection) return failed(selection.failure);
    const seconds = wholeNumber(query, "timeoutSeconds");
    if (typeof seconds !== "number") return failed(seconds.failure);
    const revision = wholeNumber(query, "resourceVersion");
    if (typeof revision !== "number") return failed(revision.failure);
    const initial = query.has("sendInitialEvents") ? queryFlag(query, "sendInitialEvents") : undefined;
    if (initial !== undefined && query.get("resourceVersionMatch") !== "NotOlderThan")
      return failed(badRequest("sendInitialEvents needs resourceVersionMatch=NotOlderThan"));
    const lifetime = seconds || randomInt(WATCH_SECONDS.least, WATCH_SECONDS.most);
    return {
      kind: "watch",
      watch: {
        definition,
        from: watchStart(revision, initial),
        marksInitialEnd: initial === true,
        bookmarks: queryFlag(query, "allowWatchBookmarks"),
        lifetimeMs: Math.min(lifetime, 24 * 3_600) * 1_000,
        matches: selection.matches,
      },
    };
  }

  async #create(request: ApiRequest): Promise<Answer> {
    const write = await this.#writeRequest(request, undefined);
    if ("failure" in write) return failed(write.failure);
    const { body, options } = write.value;
    if (body.type !== "object") return failed(badRequest("a POST takes a whole object, no patch"));
    const issued = request.definition.kind === "AccessToken" ? issueToken(body.value, request.user) : undefined;
    if (issued && "failure" in issued) return failed(issued.failure);
    const created = await this.#options.writer.create(issued ? issued.value.object : body.value, options);
    if ("failure" in created) return failed(created.failure);
    const { object } = created.value;
    const warnings = [...created.value.warnings, ...bindingWarnings(this.#options.registry, object)];
    const shown = issued?.value.secret
      ? { json: withIssuedToken(object, issued.value.secret) }
      : this.#shown(request, object);
    return { kind: "object", code: 201, object, warnings, ...shown };
  }

  async #update(request: ApiRequest): Promise<Answer> {
    const write = await this.#writeRequest(request, request.info.name);
    if ("failure" in write) return failed(write.failure);
    const { body, options } = write.value;
    if (body.type !== "object") return failed(badRequest("a PUT takes a whole object, no patch"));
    return this.#changed(request, options, () => ({ value: body.value }));
  }

  async #patch(request: ApiRequest): Promise<Answer> {
    const write = await this.#writeRequest(request, request.info.name);
    if ("failure" in write) return failed(write.failure);
    const { body, options } = write.value;
    const { definition } = request;
    if (body.type === "json-patch" && readsTarget(body.value) && this.#hides(request, request.info.name))
      return failed(forbidden(resourceOf(definition), request.info.name, BLIND_PATCH));
    return this.#changed(request, options, (shown) =>
      applyPatch(inRequestVersion(shown, options.place), body, definition),
    );
  }

  async #changed(
    request: ApiRequest,
    options: WriteRequest,
    change: (shown: RawObject) => Result<unknown>,
  ): Promise<Answer> {
    const subresource = request.info.subresource === "status" ? "status" : "";
    const changed = await this.#options.writer.update(keyOfRequest(request), change, options, subresource);
    if ("failure" in changed) return failed(changed.failure);
    return { kind: "object", code: 200, ...changed.value, ...this.#shown(request, changed.value.object) };
  }

  async #delete(request: ApiRequest): Promise<Answer> {
    const body = await request.body();
    if ("failure" in body) return failed(body.failure);
    const options = deleteQuery(request.query, body.value?.value);
    if ("failure" in options) return failed(options.failure);
    const write = this.#writeOptions(request, request.info.name, options.dryRun);
    const key = keyOfRequest(request);
    const gone = await this.#options.writer.delete(key, options.preconditions, options.propagation, write);
    if ("failure" in gone) return failed(gone.failure);
    const { object, isGone } = gone.value;
    return isGone
      ? { kind: "done", status: deletedStatus(object) }
      : { kind: "object", code: 202, object, warnings: [], ...this.#shown(request, object) };
  }

  async #deleteCollection(request: ApiRequest): Promise<Answer> {
    const { info, definition, query } = request;
    const body = await request.body();
    if ("failure" in body) return failed(body.failure);
    const options = deleteQuery(query, body.value?.value);
    if ("failure" in options) return failed(options.failure);
    const selection = selectionOf(info, definition.kind, query);
    if ("failure" in selection) return failed(selection.failure);
    const { objects, revision } = await this.#options.registry.list(definition.kind);
    const chosen = [...objects].filter((object) => selection.matches(object) && object.owner.kind === "store");
    const write = this.#writeOptions(request, undefined, options.dryRun);
    const deleted = await Promise.all(
      chosen.map((object) => this.#options.writer.delete(object.key, {}, options.propagation, write)),
    );
    const failure = deleted.find((each) => "failure" in each && each.failure.reason !== "NotFound");
    if (failure && "failure" in failure) return failed(failure.failure);
    // Objects that are gone are told by a Status: their values may be nobody's business here.
    if (definition.kind === "Secret")
      return { kind: "done", status: success({ group: definition.group, kind: definition.plural }) };
    return { kind: "list", definition, page: { objects: chosen, revision } };
  }

  /** The answer to a write tells nobody what they couldn't read. */
  #shown(request: ApiRequest, object: ServedObject): { readonly json?: Buffer } {
    return this.#hides(request, object.name) ? { json: withoutValues(object) } : {};
  }

  /** Whether it is about a Secret that its author may write and not read. */
  #hides({ info, definition, user }: ApiRequest, name: string): boolean {
    if (definition.kind !== "Secret") return false;
    const get = { ...info, kind: "resource", verb: "get", subresource: "", name } as const;
    return !this.#options.policy.authorize(user, get).allowed;
  }

  async #writeRequest(
    request: ApiRequest,
    name: string | undefined,
  ): Promise<Result<{ readonly body: ParsedBody; readonly options: WriteRequest }>> {
    const query = writeQuery(request.query);
    if ("failure" in query) return query;
    const body = await request.body();
    if ("failure" in body) return body;
    if (body.value === undefined) return { failure: badRequest("the request has no body") };
    const { duplicates } = body.value;
    if (duplicates.length > 0 && query.validation === "Strict") {
      const fields = duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`).join(", ");
      return { failure: badRequest(`strict decoding error: ${fields}`) };
    }
    const options = { ...this.#writeOptions(request, name, query.dryRun), validation: query.validation };
    return { value: { body: body.value, options } };
  }

  #writeOptions(request: ApiRequest, name: string | undefined, dryRun: boolean): WriteRequest {
    const { definition, info, user, requester } = request;
    return {
      place: { definition, version: info.version, namespace: definition.namespaced ? info.namespace : "", name },
      validation: "Ignore",
      dryRun,
      change: requester,
      gate: writeGate(this.#options.policy, user, definition),
      note: (before, after) => this.#options.audit.write(requester, { ...info, kind: "resource" }, before, after),
    };
  }
}

/** A copy could put a value where it is shown, and a test says whether a guess is right. */
const BLIND_PATCH =
  "copy, move and test of a JSON Patch read the object, which isn't given to you: send a merge patch instead";

/** @param initial whether the client wants what is there at the start; undefined: it doesn't say */
function watchStart(revision: number, initial: boolean | undefined): WatchPlan["from"] {
  if (initial === true) return "start";
  if (revision !== 0) return revision;
  return initial === false ? "now" : "start";
}

/** What is left of a Secret for those who may write it and not read it. */
function withoutValues({ json }: ServedObject): Buffer {
  const { apiVersion, kind, metadata, type } = decodeObject(json);
  const { annotations: _, ...shown } = metadata;
  return encodeObject({ apiVersion, kind, metadata: shown, ...(type === undefined ? {} : { type }) });
}

function failed(status: Status): Answer {
  return { kind: "failure", status };
}

function keyOfRequest({ definition, info }: ApiRequest) {
  return objectKey(definition.kind, definition.namespaced ? info.namespace : "", info.name);
}

/** A namespaced object without a namespace, or the other way round; POST to a name, PUT to none. */
function misplacement({ definition, info }: ApiRequest): Status | undefined {
  const resource = resourceOf(definition);
  const needsName = ["get", "update", "patch", "delete"].includes(info.verb);
  if (needsName && info.name === "") return methodNotAllowed(resource, `${info.verb} of no single object`);
  // A Namespace is in itself, and in no other: who has rights in one has none on its neighbours.
  const isItself = definition.kind === "Namespace" && info.namespace === info.name;
  if (!definition.namespaced && info.namespace !== "" && !isItself) return notFound(resource, info.name);
  if (definition.namespaced && info.namespace === "" && (needsName || info.verb === "create"))
    return badRequest("namespace is required: an object of this kind belongs to one");
  if (definition.namespaced && info.namespace === "" && info.verb === "deletecollection")
    return methodNotAllowed(resource, "deletecollection over all namespaces");
  return info.verb === "create" && info.name !== ""
    ? methodNotAllowed(resource, "create at the name of an object")
    : undefined;
}

/** A patch is written for the version that its client reads. */
function inRequestVersion(shown: RawObject, { definition, version }: Place): RawObject {
  const apiVersion = definition.group === "" ? version : `${definition.group}/${version}`;
  return { ...shown, apiVersion };
}

function deletedStatus({ definition: { group, plural }, name, uid }: ServedObject): Status {
  return success({ name, group, kind: plural, uid });
}
