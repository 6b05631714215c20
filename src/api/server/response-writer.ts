/** Writes answers in the form that the client accepts: objects, Tables, or metadata alone. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { apiVersionOf, type KindDefinition } from "../../model/kind-definition.ts";
import { decodeObject, inVersion } from "../../registry/json.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import { isPrettyWanted, type Representation, representationOf } from "../negotiation/representation.ts";
import type { PathAnswer } from "../paths/path-route.ts";
import type { ResourceRequest } from "../request/request-info.ts";
import type { Answer, WatchPlan } from "../resources/answer.ts";
import type { ListPage } from "../resources/list-page.ts";
import { ObjectWatch, type WatchEventType, type WatchOptions } from "../resources/object-watch.ts";
import { type Refusal, refused, type Status } from "../status/status.ts";
import { partialObject, partialObjectList } from "../table/partial-object.ts";
import { type IncludeObject, includeObjectOf, tableOf } from "../table/table.ts";
import { endAfterBody, hasUnreadBody } from "./unread-body.ts";

const JSON_TYPE = "application/json";

/** What a watch needs besides its request. */
type WatchOutlet = Pick<WatchOptions, "registry" | "bookmarkMs" | "stallMs" | "onSent">;

export class ResponseWriter {
  readonly request: IncomingMessage;
  readonly #response: ServerResponse;
  #form: Representation = { kind: "json", pretty: false };
  #includeObject: IncludeObject = "Metadata";
  #apiVersion = "v1";
  /** A watch's first table has said what the columns are. */
  #hasColumns = false;

  /** Told of the size of the answer before it is sent. */
  onBody: (bytes: number) => void = () => {};

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.#response = response;
  }

  /** Settles in which form objects are written. @returns why in none */
  negotiate(query: URLSearchParams, verb: string): Status | undefined {
    const { accept, "user-agent": userAgent } = this.request.headers;
    const accepted = representationOf(accept, "objects");
    if ("problem" in accepted) return refused(accepted.problem);
    const { representation } = accepted;
    const misfit = misfitOf(representation, verb);
    if (misfit) return refused(misfit);
    this.#form = { ...representation, pretty: representation.pretty || isPrettyWanted(query, userAgent) };
    if (representation.kind !== "table") return undefined;
    const asked = includeObjectOf(query);
    if ("problem" in asked) return refused(asked.problem);
    this.#includeObject = asked.includeObject;
    return undefined;
  }

  status(status: Status): void {
    const { retryAfterSeconds } = status.details ?? {};
    if (retryAfterSeconds) this.#response.setHeader("retry-after", String(retryAfterSeconds));
    this.json(status.code, JSON.stringify(status));
  }

  json(code: number, body: string | Buffer): void {
    this.#send(code, JSON_TYPE, body);
  }

  text(code: number, text: string): void {
    this.#send(code, "text/plain; charset=utf-8", text);
  }

  async path(answer: PathAnswer): Promise<void> {
    switch (answer.kind) {
      case "json":
        this.json(200, JSON.stringify(answer.value));
        break;
      case "text":
        this.#send(200, answer.type, answer.text);
        break;
      case "failure":
        this.status(answer.status);
        break;
      case "stream":
        await answer.write(this.#response);
    }
  }

  answer(answer: Exclude<Answer, { kind: "watch" }>, { version }: ResourceRequest): void {
    switch (answer.kind) {
      case "failure":
      case "done":
        this.status(answer.status);
        break;
      case "object":
        this.#apiVersion = apiVersionOf(answer.object.definition, version);
        this.#warn(answer.warnings);
        this.json(answer.code, answer.json ?? this.#object(answer.object));
        break;
      case "list":
        this.#apiVersion = apiVersionOf(answer.definition, version);
        this.json(200, this.#list(answer.definition, answer.page));
    }
  }

  watch(plan: WatchPlan, { version }: ResourceRequest, to: WatchOutlet): ObjectWatch {
    this.#apiVersion = apiVersionOf(plan.definition, version);
    // A line for each event, whoever reads it.
    this.#form = { ...this.#form, pretty: false };
    return new ObjectWatch({
      ...to,
      kind: plan.definition.kind,
      from: plan.from,
      marksInitialEnd: plan.marksInitialEnd,
      bookmarks: plan.bookmarks,
      matches: plan.matches,
      lifetimeMs: plan.lifetimeMs,
      response: this.#response,
      encode: (type, object) => this.#line(type, object),
      encodeBookmark: (revision, annotations) => this.#bookmark(plan.definition, revision, annotations),
    });
  }

  #object(object: ServedObject): Buffer {
    const form = this.#form;
    switch (form.kind) {
      case "json":
        return form.pretty ? pretty(inVersion(object, this.#apiVersion)) : inVersion(object, this.#apiVersion);
      case "partialObjectMetadata":
        return Buffer.from(JSON.stringify(partialObject(decodeObject(object.json), form.version)));
      case "table":
        return Buffer.from(
          JSON.stringify(this.#table(object.definition, [object], { resourceVersion: String(object.revision) })),
        );
      case "aggregatedDiscovery":
        throw new Error("objects aren't discovery");
    }
  }

  #list(definition: KindDefinition, { objects, revision, continue: next, remaining }: ListPage): Buffer {
    const metadata = {
      resourceVersion: String(revision),
      ...(next === undefined ? {} : { continue: next }),
      ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
    };
    const form = this.#form;
    if (form.kind === "table") return Buffer.from(JSON.stringify(this.#table(definition, objects, metadata)));
    if (form.kind === "partialObjectMetadata") {
      const items = objects.map(({ json }) => decodeObject(json));
      return Buffer.from(JSON.stringify(partialObjectList(items, form.version, metadata)));
    }
    const head = JSON.stringify({ apiVersion: this.#apiVersion, kind: `${definition.kind}List`, metadata });
    const parts: Buffer[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
    for (const [index, object] of objects.entries()) {
      if (index > 0) parts.push(COMMA);
      parts.push(inVersion(object, this.#apiVersion));
    }
    parts.push(Buffer.from("]}"));
    const whole = Buffer.concat(parts);
    return form.pretty ? pretty(whole) : whole;
  }

  #line(type: WatchEventType, object: ServedObject): Buffer {
    if (this.#form.kind === "json" && !this.#form.pretty) return jsonLine(type, object, this.#apiVersion);
    const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), this.#object(object), LINE_END]);
    this.#hasColumns = true;
    return line;
  }

  #bookmark(definition: KindDefinition, revision: number, annotations: Readonly<Record<string, string>>): Buffer {
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
    const form = this.#form;
    const object =
      form.kind === "json"
        ? { apiVersion: this.#apiVersion, kind: definition.kind, metadata }
        : form.kind === "partialObjectMetadata"
          ? partialObject({ metadata }, form.version)
          : this.#table(definition, [], { resourceVersion: String(revision) });
    return Buffer.from(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
  }

  #table(definition: KindDefinition, objects: readonly ServedObject[], listMeta: object): unknown {
    const form = this.#form;
    if (form.kind !== "table") throw new Error("no table was asked for");
    return tableOf(
      definition.kind,
      objects.map(({ json }) => decodeObject(json)),
      {
        includeObject: this.#includeObject,
        version: form.version,
        now: new Date(),
        listMeta,
        noHeaders: this.#hasColumns,
      },
    );
  }

  /** RFC 9110's Warning header, as Kubernetes sends it: code 299, then the text in quotes. */
  #warn(warnings: readonly string[]): void {
    if (warnings.length === 0) return;
    const values = warnings.slice(0, 50).map((warning) => {
      const plain = warning.slice(0, 800).replace(/[^\x20-\x7e]/g, "?");
      return `299 - "${plain.replace(/[\\"]/g, "\\$&")}"`;
    });
    this.#response.setHeader("warning", values);
  }

  #send(code: number, type: string, body: string | Buffer): void {
    const response = this.#response;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    this.onBody(Buffer.byteLength(body));
    const isUnread = hasUnreadBody(this.request);
    if (isUnread) response.setHeader("connection", "close");
    response.writeHead(code, { "content-type": type, "content-length": Buffer.byteLength(body) });
    if (isUnread) endAfterBody(this.request, response, body);
    else response.end(body);
  }
}

const COMMA = Buffer.from(",");
const LINE_END = Buffer.from("}\n");

/** The last line made: all watches of a kind are told of a change one after the other, and get the same bytes. */
let last:
  | { readonly type: string; readonly object: ServedObject; readonly apiVersion: string; readonly line: Buffer }
  | undefined;

function jsonLine(type: WatchEventType, object: ServedObject, apiVersion: string): Buffer {
  if (last?.object === object && last.type === type && last.apiVersion === apiVersion) return last.line;
  const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), inVersion(object, apiVersion), LINE_END]);
  last = { type, object, apiVersion, line };
  return line;
}

/** Metadata of a list isn't that of an object (k8s.io/apiserver, endpoints/handlers/response.go). Watches send objects. */
function misfitOf(form: Representation, verb: string): Refusal | undefined {
  if (form.kind !== "partialObjectMetadata") return undefined;
  const isList = verb === "list" || verb === "deletecollection";
  if (isList === form.list) return undefined;
  const message = isList
    ? "you requested PartialObjectMetadata, but the requested object is a list"
    : "you requested PartialObjectMetadataList, but the requested object is not a list";
  return { reason: "NotAcceptable", message };
}

function pretty(json: Buffer): Buffer {
  return Buffer.from(`${JSON.stringify(JSON.parse(json.toString("utf8")), undefined, 2)}\n`);
}
