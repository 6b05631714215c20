/** metav1.Status: what the API answers when there is no object to answer with, and how kubectl reads every failure. */

/** The reasons of k8s.io/apimachinery with their HTTP codes, and WebDAV's code for a full disk, for which it has none. */
export const STATUS_CODES = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  InsufficientStorage: 507,
} as const;

export type StatusReason = keyof typeof STATUS_CODES;

export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  /** The HTTP code that it is sent with. */
  readonly code: number;
}

export interface StatusDetails {
  readonly name?: string;
  /** "" for core kinds, which is left out. */
  readonly group?: string;
  /** Of an error the resource ("httproutes"), or the kind where fields are wrong ("HTTPRoute"), as in Kubernetes. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface StatusCause {
  /** Why, for programs: "FieldValueInvalid". */
  readonly reason?: string;
  readonly message: string;
  /** "spec.rules[0].backendRefs[1].weight" */
  readonly field?: string;
}

/** Why a request can't be answered, found before anything is known of its object. */
export interface Refusal {
  readonly reason: StatusReason;
  readonly message: string;
}

export function failure(reason: StatusReason, message: string, details: StatusDetails = {}): Status {
  const given = withoutEmpty(details);
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(Object.keys(given).length > 0 && { details: given }),
    code: STATUS_CODES[reason],
  };
}

export function refused({ reason, message }: Refusal): Status {
  return failure(reason, message);
}

/** What a deletion is answered with. `details` name the object. */
export function success(details: StatusDetails): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: withoutEmpty(details),
    code: 200,
  };
}

function withoutEmpty(details: StatusDetails): StatusDetails {
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined && value !== "" && value !== 0),
  );
}
