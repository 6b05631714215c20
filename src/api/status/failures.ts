/** The failures that the API answers with, in the words that kubectl's users know from Kubernetes. */
import { failure, type Status } from "./status.ts";

/** What a request is about, as its URL names it. */
export interface ResourceName {
  /** "" for core kinds. */
  readonly group: string;
  /** "httproutes" */
  readonly resource: string;
}

/** "httproutes.gateway.networking.k8s.io", or "secrets". */
export function qualifiedName({ group, resource }: ResourceName): string {
  return group === "" ? resource : `${resource}.${group}`;
}

export function badRequest(message: string): Status {
  return failure("BadRequest", message);
}

export function unauthorized(message = "Unauthorized"): Status {
  return failure("Unauthorized", message);
}

/** @param why such as `User "ann" cannot list resource "secrets" in API group "" in the namespace "shop"` */
export function forbidden(resource: ResourceName, name: string, why: string): Status {
  if (resource.resource === "") return failure("Forbidden", `forbidden: ${why}`);
  return failure("Forbidden", `${subject(resource, name)} is forbidden: ${why}`, detailsOf(resource, name));
}

export function notFound(resource: ResourceName, name: string): Status {
  return failure("NotFound", `${subject(resource, name)} not found`, detailsOf(resource, name));
}

/** For paths that lead nowhere, and kinds that nobody knows. */
export function unknownPath(): Status {
  return failure("NotFound", "the server could not find the requested resource");
}

/** @param action as in "deletecollection" */
export function methodNotAllowed(resource: ResourceName, action: string): Status {
  const message = `${action} is not supported on resources of kind ${quoted(qualifiedName(resource))}`;
  return failure("MethodNotAllowed", message, detailsOf(resource, ""));
}

export function alreadyExists(resource: ResourceName, name: string): Status {
  return failure("AlreadyExists", `${subject(resource, name)} already exists`, detailsOf(resource, name));
}

/** @param why such as "the object has been modified; please apply your changes to the latest version and try again" */
export function conflict(resource: ResourceName, name: string, why: string): Status {
  const message = `Operation cannot be fulfilled on ${subject(resource, name)}: ${why}`;
  return failure("Conflict", message, detailsOf(resource, name));
}

/** A resourceVersion or continue token from before what is still known: the client has to list again. */
export function expired(message: string): Status {
  return failure("Expired", message);
}

/** @param message which limit was exceeded */
export function requestEntityTooLarge(message: string): Status {
  return failure("RequestEntityTooLarge", `Request entity too large: ${message}`);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): Status {
  return failure("TooManyRequests", message, { retryAfterSeconds });
}

/** @param message for a stranger's eyes: nothing of ours, such as stacks and paths */
export function internalError(message: string): Status {
  return failure("InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export function serviceUnavailable(message: string, retryAfterSeconds = 0): Status {
  return failure("ServiceUnavailable", message, { retryAfterSeconds });
}

export function timedOut(message: string, retryAfterSeconds = 0): Status {
  return failure("Timeout", `Timeout: ${message}`, { retryAfterSeconds });
}

export function insufficientStorage(message: string): Status {
  return failure("InsufficientStorage", message);
}

/** `httproutes.gateway.networking.k8s.io "front"` */
function subject(resource: ResourceName, name: string): string {
  return name === "" ? qualifiedName(resource) : `${qualifiedName(resource)} ${quoted(name)}`;
}

/** Quoted as Go's %q does, which for names comes to the same as JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function detailsOf({ group, resource }: ResourceName, name: string) {
  return { name, group, kind: resource };
}
