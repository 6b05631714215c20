import type { ProblemDescription } from "../model/problem.ts";

/** Problems between the control plane and its proxies. */
export const XDS_PROBLEMS = {
  LB3001: {
    title: "A proxy refused a resource",
    meaning:
      "Envoy was sent the configuration made from this object and answered that it can't use it. The last version that worked stays in use on every proxy, and all other objects apply.",
    wayOut: "The message is Envoy's own. Change the object; a new version is tried at once.",
  },
  LB3002: {
    title: "A proxy can't open a listener's address",
    meaning:
      "Envoy could not bind the address of this listener, most often because another program has the port. It is tried again by itself, with growing waits up to half a minute.",
    wayOut: "End the program that has the port, or give the listener another one. Nothing needs a restart.",
  },
  LB3003: {
    title: "A proxy does not answer",
    meaning:
      "A proxy was sent configuration and has neither taken nor refused it for a long time. It goes on with what it has.",
    wayOut:
      "Look at the proxy's log. A cluster that doesn't finish warming (endpoints, first health check) is the usual reason; a proxy that hangs can be restarted.",
  },
  LB3004: {
    title: "A proxy is not known",
    meaning: "Something connected as a proxy under a node id that belongs to no Gateway of this control plane.",
    wayOut:
      "Check the proxy's node id: it is gateway/<namespace>/<name>/<instance>, and the Gateway must exist and be accepted.",
  },
} as const satisfies Record<string, ProblemDescription>;
