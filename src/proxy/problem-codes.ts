import type { ProblemDescription } from "../model/problem.ts";

/** Problems of running an Envoy. */
export const PROXY_PROBLEMS = {
  LB4001: {
    title: "No Envoy was found",
    meaning:
      "Landbridge looks at LANDBRIDGE_ENVOY, then at the Envoy its set-up brought, then at `envoy` on PATH, and none of them is there.",
    wayOut: "Run `npm run setup`, or set LANDBRIDGE_ENVOY to the path of an Envoy binary.",
  },
  LB4002: {
    title: "The Envoy binary can't be used",
    meaning: "The binary that was chosen doesn't run, or is of a version that Landbridge isn't tested with.",
    wayOut:
      "Run `npm run setup` to get a supported version, or set LANDBRIDGE_ENVOY to one. The message says which versions are supported.",
  },
  LB4003: {
    title: "Envoy keeps stopping",
    meaning:
      "Envoy was started and ended by itself several times in a row. Landbridge goes on trying, with longer and longer waits.",
    wayOut: "Read Envoy's own last error, which the message quotes; the whole log is the file named in the hint.",
  },
  LB4004: {
    title: "The state directory can't be written",
    meaning:
      "Envoy's bootstrap, log or pid file can't be written: no permission, a read-only file system, or no space left.",
    wayOut: "Free space or correct the permissions, or choose another directory with --state-dir.",
  },
  LB4005: {
    title: "A socket path is too long",
    meaning: "The operating system limits the path of a unix socket to about a hundred bytes.",
    wayOut: "Choose a state directory with a shorter path with --state-dir.",
  },
  LB4006: {
    title: "Envoy isn't ready",
    meaning: "Envoy runs, but has not reported within the time allowed that it can serve.",
    wayOut:
      "It waits for its first configuration: look at `landbridge proxies` for a refused resource, and at Envoy's log.",
  },
  LB4007: {
    title: "A port is taken",
    meaning: "Another process listens on an address and port that a Gateway asks for.",
    wayOut: "Stop the process that the message names, or give the Gateway's listener another port.",
  },
  LB4008: {
    title: "A port can't be listened on",
    meaning: "The address doesn't exist on this machine, or the port needs a right that this process lacks.",
    wayOut: "Use an address of this machine and a port above 1023, or add the address, as the hint says.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type ProxyProblemCode = keyof typeof PROXY_PROBLEMS;
