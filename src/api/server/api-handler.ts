/**
 * One request from its first byte to its answer: what is it about, who asks, may they, then the verb. The path is read in one
 * place (request-info.ts): what was authorized is what is done.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticator } from "../../access/authenticate.ts";
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import { describeDenial } from "../../access/request-words.ts";
import type { Attributes, User } from "../../access/user.ts";
import { apiKindByResource } from "../../model/api-kinds.ts";
import type { Registry } from "../../registry/registry.ts";
import type { AuditTrail, Requester } from "../audit/audit-trail.ts";
import { answerPath, type PathRoutes } from "../paths/path-route.ts";
import { type RequestInfo, type ResourceRequest, requestInfo } from "../request/request-info.ts";
import type { ResourceService } from "../resources/resource-service.ts";
import { answerReview } from "../reviews/answer-review.ts";
import { REVIEWS } from "../reviews/definitions.ts";
import { badRequest, forbidden, internalError, unauthorized, unknownPath } from "../status/failures.ts";
import type { Status } from "../status/status.ts";
import { authenticate } from "./authentication.ts";
import { ClientGone, clientAddress, readParsedBody } from "./requests.ts";
import { ResponseWriter } from "./response-writer.ts";
import { UnsentBytes } from "./unsent-bytes.ts";
import type { WatchBoard } from "./watch-board.ts";

/** Done in one's own name instead, the request would do what its author didn't mean. */
const IMPERSONATION = "acting as somebody else (Impersonate-User, kubectl --as) isn't supported";

export interface ApiHandlerOptions {
  readonly registry: Registry;
  readonly service: ResourceService;
  readonly policy: AccessPolicy;
  readonly authenticator: Authenticator;
  readonly audit: AuditTrail;
  readonly watches: WatchBoard;
  /** Open to everybody: whether the process lives, and whether it is ready. */
  readonly health: (path: string) => { readonly code: number; readonly text: string } | undefined;
  readonly paths: PathRoutes;
  readonly observe: (request: ObservedRequest) => void;
  readonly onWatchEvent: () => void;
  /** How often watches are told how far they have come. Milliseconds. */
  readonly bookmarkMs: number;
  /** How long a client may leave a watch unread. */
  readonly stallMs: number;
  readonly onDefect: (error: unknown, requestId: string) => void;
}

export interface ObservedRequest {
  readonly id: string;
  readonly verb: string;
  /** "" when it isn't one that is known. */
  readonly resource: string;
  readonly code: number;
  readonly seconds: number;
  readonly user: string;
}

export class ApiHandler {
  readonly #options: ApiHandlerOptions;
  readonly #unsent = new UnsentBytes();

  constructor(options: ApiHandlerOptions) {
    this.#options = options;
  }

  /** Never throws. @param admitted is called when it is known who asks */
  async handle(request: IncomingMessage, response: ServerResponse, admitted = () => {}): Promise<void> {
    const started = performance.now();
    const id = randomUUID();
    const answered = { verb: "", resource: "", user: "" };
    response.setHeader("audit-id", id);
    response.setHeader("cache-control", "no-cache, private");
    response.setHeader("x-content-type-options", "nosniff");
    response.once("close", () => {
      const seconds = (performance.now() - started) / 1000;
      this.#options.observe({ ...answered, id, code: response.statusCode, seconds });
    });
    const writer = new ResponseWriter(request, response);
    try {
      await this.#answer(request, response, writer, id, answered, admitted);
    } catch (error) {
      if (error instanceof ClientGone) return;
      this.#options.onDefect(error, id);
      writer.status(internalError(`see the log for ${id}`));
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    writer: ResponseWriter,
    id: string,
    answered: { verb: string; resource: string; user: string },
    admitted: () => void,
  ): Promise<void> {
    if (request.httpVersion === "1.1" && request.headers.host === undefined)
      return writer.status(badRequest("the request has no Host header"));
    const [path = "/", search = ""] = splitUrl(request.url ?? "/");
    const query = new URLSearchParams(search);
    const info = requestInfo(request.method ?? "GET", path, query);
    answered.verb = info.kind === "malformed" ? "" : info.verb;
    if (info.kind === "malformed") return writer.status(badRequest(info.message));
    if (info.kind === "path") {
      const health = info.verb === "get" || info.verb === "head" ? this.#options.health(info.path) : undefined;
      if (health) return writer.text(health.code, health.text);
    }
    const from = clientAddress(request);
    const traceparent = request.headers.traceparent?.toString();
    const asked: Requester = { id, user: undefined, from, userAgent: request.headers["user-agent"] ?? "", traceparent };
    const user = authenticate(request, this.#options.authenticator);
    if ("reason" in user) {
      this.#options.audit.refused(asked, attributesOf(info), user.reason);
      response.setHeader("www-authenticate", 'Bearer realm="landbridge"');
      return writer.status(unauthorized(user.message));
    }
    admitted();
    answered.user = user.name;
    const requester = { ...asked, user };
    const attributes = attributesOf(info);
    if (request.headers["impersonate-user"] !== undefined || request.headers["impersonate-uid"] !== undefined) {
      this.#options.audit.refused(requester, attributes, IMPERSONATION);
      return writer.status(forbidden({ group: "", resource: "" }, "", IMPERSONATION));
    }
    const decision = this.#options.policy.authorize(user, attributes);
    if (!decision.allowed) {
      this.#options.audit.refused(requester, attributes, decision.reason);
      return writer.status(deniedStatus(user, info));
    }
    const isRead = request.method === "GET" || request.method === "HEAD";
    const unread = isRead ? this.#unsent.refusal(user.name) : undefined;
    if (unread) return writer.status(unread);
    writer.onBody = (bytes) => this.#unsent.add(user.name, bytes, response);
    if (info.kind === "path") {
      const accept = request.headers.accept ?? "";
      const call = { path: info.path, query, accept, user, requester, request };
      const answer = await answerPath(this.#options.paths, info.verb, call);
      if (answer?.kind === "failure") this.#noteRefusal(requester, attributes, answer.status);
      return answer ? writer.path(answer) : writer.status(unknownPath());
    }
    answered.resource = await this.#answerResource(info, query, requester, writer);
  }

  /** @returns the resource, if it is one that is served */
  async #answerResource(
    info: ResourceRequest,
    query: URLSearchParams,
    requester: Requester & { readonly user: User },
    writer: ResponseWriter,
  ): Promise<string> {
    const { user } = requester;
    const { request } = writer;
    const body = () => readParsedBody(request);
    const review = REVIEWS.find(({ group, plural }) => group === info.group && plural === info.resource);
    if (review) {
      if (info.verb !== "create" || !review.versions.includes(info.version)) writer.status(unknownPath());
      else {
        const posted = await body();
        const answer =
          "failure" in posted ? posted : answerReview(review, posted.value?.value, user, this.#options.policy);
        if ("failure" in answer) writer.status(answer.failure);
        else writer.json(201, JSON.stringify(answer.value));
      }
      return review.plural;
    }
    const definition = apiKindByResource(info.group, info.version, info.resource);
    if (!definition) {
      writer.status(unknownPath());
      return "";
    }
    const unfit = writer.negotiate(query, info.verb);
    if (unfit) {
      writer.status(unfit);
      return definition.plural;
    }
    const answer = await this.#options.service.answer({ info, definition, user, requester, query, body });
    if (answer.kind === "failure") this.#noteRefusal(requester, attributesOf(info), answer.status);
    if (answer.kind !== "watch") writer.answer(answer, info);
    else await this.#openWatch(answer.watch, info, requester, writer);
    return definition.plural;
  }

  /** What roles allowed, and the request's content made forbidden: rights given away, others' hosts, files' objects. */
  #noteRefusal(requester: Requester, attributes: Attributes, { reason, message = "" }: Status): void {
    if (reason === "Forbidden") this.#options.audit.refused(requester, attributes, message);
  }

  async #openWatch(
    plan: Parameters<ResponseWriter["watch"]>[0],
    info: ResourceRequest,
    requester: Requester & { readonly user: User },
    writer: ResponseWriter,
  ): Promise<void> {
    const { user } = requester;
    const { watches, registry, authenticator, policy, bookmarkMs, stallMs, onWatchEvent } = this.#options;
    const refusal = watches.refusal(user);
    if (refusal) return writer.status(refusal);
    const watch = writer.watch(plan, info, { registry, bookmarkMs, stallMs, onSent: onWatchEvent });
    const verdict = () => {
      if (!authenticator.stillHolds(user)) return unauthorized("the credential is no longer valid");
      return policy.authorize(user, attributesOf(info)).allowed ? undefined : deniedStatus(user, info);
    };
    watches.add({ watch, user, verdict });
    await watch.start();
  }
}

/** `request.url` as it came: not through `new URL`, which would resolve dots before anybody has seen them. */
function splitUrl(url: string): [string, string] {
  const bare = url.replace(/^https?:\/\/[^/?]*/i, "");
  const mark = bare.indexOf("?");
  return mark < 0 ? [bare, ""] : [bare.slice(0, mark), bare.slice(mark + 1)];
}

function attributesOf(info: Exclude<RequestInfo, { kind: "malformed" }>): Attributes {
  if (info.kind === "path") return { kind: "path", verb: info.verb, path: info.path };
  const { verb, group, resource, subresource, namespace, name } = info;
  return { kind: "resource", verb, group, resource, subresource, namespace, name };
}

function deniedStatus(user: User, info: Exclude<RequestInfo, { kind: "malformed" }>): Status {
  const words = describeDenial(user, attributesOf(info));
  return info.kind === "path"
    ? forbidden({ group: "", resource: "" }, "", words)
    : forbidden({ group: info.group, resource: info.resource }, info.name, words);
}
