import type { ProblemDescription } from "../model/problem.ts";

/** Problems of the command line itself: LB62xx. */
export const CLI_PROBLEMS = {
  LB6201: {
    title: "No such kind",
    meaning: "The command names a kind of object that Landbridge doesn't have.",
    wayOut: "Give one of the kinds that the message lists; plural and short names work too.",
  },
  LB6202: {
    title: "No such object",
    meaning: "The control plane has no object of this name.",
    wayOut:
      "List what there is with `landbridge get <kind>`; an object with a mistake is listed by `landbridge check <dir>`.",
  },
  LB6203: {
    title: "Name is not unique",
    meaning: "Objects of this name are in several namespaces.",
    wayOut: "Name the namespace with -n.",
  },
  LB6204: {
    title: "Not a URL that a gateway serves",
    meaning: "`trace` takes absolute http and https URLs.",
    wayOut: "Write it out: http://shop.example.com:8080/cart",
  },
  LB6205: {
    title: "Not a header",
    meaning: "A header is written as name, colon, value.",
    wayOut: "Quote it: -H 'x-staff: yes'",
  },
  LB6206: {
    title: "Gateway not reached",
    meaning: "The request of `trace --live` got no answer.",
    wayOut: "See `landbridge proxies` whether the gateway's proxy is connected, and the log in the state directory.",
  },
  LB6207: {
    title: "Control plane can't start",
    meaning: "`up` could not start.",
    wayOut: "Follow the problems printed above.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type CliProblemCode = keyof typeof CLI_PROBLEMS;
