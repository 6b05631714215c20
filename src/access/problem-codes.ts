import type { ProblemDescription } from "../model/problem.ts";

/** Problems of who may do what, and of the credentials of the API: LB72xx. */
export const ACCESS_PROBLEMS = {
  LB7201: {
    title: "Listener not given to you",
    meaning: "The route attaches to a listener that nobody gave to its author.",
    wayOut: "Ask an administrator for a Role with the verb attach on it; the message says which.",
  },
  LB7202: {
    title: "Host not given to you",
    meaning: "The route serves a host that nobody gave to its author.",
    wayOut: "Ask an administrator for a Role with the verb use on it; the message says which.",
  },
  LB7203: {
    title: "Platform not given to you",
    meaning: "The service runs on a platform, or in a namespace of one, that nobody gave to its author.",
    wayOut: "Ask an administrator for a Role with the verb use on it; the message says which.",
  },
  LB7210: {
    title: "Credential file open to others",
    meaning: "Other users of the machine may read or replace a file that holds a key or a token. It isn't used.",
    wayOut: "If nobody can have read it, chmod 600 it; else delete it and restart, and a new one is made.",
  },
  LB7211: {
    title: "Credential file not usable",
    meaning: "A key, certificate or token of the API can't be read, written or understood.",
    wayOut: "Correct what the message names, or delete the file and restart, and a new one is made.",
  },
  LB7212: {
    title: "Certificate authority of the API is over",
    meaning: "The certificate of the authority that vouches for the API and its clients isn't valid now.",
    wayOut:
      "Check the clock. Else delete ca.crt and ca.key in the state directory's folder api and restart; then hand out new kubeconfigs.",
  },
  LB7213: {
    title: "Client certificate can't be issued",
    meaning: "What was asked for can't be put into a certificate, or for longer than is allowed.",
    wayOut: "Correct what the message names.",
  },
  LB7214: {
    title: "Name of the API not usable",
    meaning: "A name by which clients are to reach the API is neither a hostname nor an IP address.",
    wayOut: "Write it as in a URL, without port and path.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type AccessProblemCode = keyof typeof ACCESS_PROBLEMS;
