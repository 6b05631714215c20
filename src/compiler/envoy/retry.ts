import { create } from "@bufbuild/protobuf";
import { RetryPolicySchema } from "../../gen/envoy/config/route/v3/route_components_pb.js";
import { PreviousHostsPredicateSchema } from "../../gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.js";
import type { ForwardAction } from "../routing/routing.ts";
import { duration } from "./duration.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";

type EnvoyRetry = Init<typeof RetryPolicySchema>;

/** Nothing of the request had reached the service: a second try can't do anything twice. */
const UNSENT = "connect-failure,refused-stream,reset-before-request";

/** Gateway API, HTTPRouteRetry: with a retry stanza also disconnects, resets and timeouts are retried. */
const CONNECTION_ERRORS = `${UNSENT},reset`;

/** Backoff grows from its base to ten times that, and is jittered. Envoy's own defaults: 25 ms and 250 ms. */
const MAX_BACKOFF_FACTOR = 10;

const ANOTHER_ENDPOINT: EnvoyRetry = {
  retryHostPredicate: [
    {
      name: "envoy.retry_host_predicates.previous_hosts",
      configType: { case: "typedConfig", value: packed(PreviousHostsPredicateSchema) },
    },
  ],
  // A dead endpoint has the fewest requests, so the balancer prefers it: of two it is picked three times in four.
  hostSelectionRetryMaxAttempts: 30n,
};

/** What every host does unless a route says otherwise: an endpoint that is just going away fails no request. */
const UNSENT_RETRY: EnvoyRetry = { retryOn: UNSENT, numRetries: 2, ...ANOTHER_ENDPOINT };

/** UNSENT_RETRY as a message made once: it is in every virtual host. */
export const HOST_RETRY = create(RetryPolicySchema, UNSENT_RETRY);

/** Undefined when the host's default serves. */
export function translateRetry({ retry, backendTimeoutMs }: ForwardAction): EnvoyRetry | undefined {
  const perTryTimeout = backendTimeoutMs ? { perTryTimeout: duration(backendTimeoutMs) } : {};
  if (!retry) return backendTimeoutMs ? { ...UNSENT_RETRY, ...perTryTimeout } : undefined;
  const { attempts, codes, backoffMs } = retry;
  return {
    ...ANOTHER_ENDPOINT,
    ...perTryTimeout,
    retryOn: codes.length > 0 ? `${CONNECTION_ERRORS},retriable-status-codes` : CONNECTION_ERRORS,
    retriableStatusCodes: [...codes],
    numRetries: attempts,
    ...(backoffMs
      ? { retryBackOff: { baseInterval: duration(backoffMs), maxInterval: duration(backoffMs * MAX_BACKOFF_FACTOR) } }
      : {}),
  };
}
