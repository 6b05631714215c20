import type { ProblemDescription } from "../model/problem.ts";

/** Problems of reaching the running control plane: LB61xx. From LB6111 on: its resource API. */
export const CLIENT_PROBLEMS = {
  LB6101: {
    title: "Control plane not running",
    meaning: "Nothing answers on the control socket of the state directory.",
    wayOut: "Start it with `landbridge up <dir>`, or name its state directory with --state-dir.",
  },
  LB6102: {
    title: "Control socket not allowed",
    meaning: "The control socket belongs to another user.",
    wayOut: "Run the command as the user who started the control plane.",
  },
  LB6103: {
    title: "Connection to the control plane lost",
    meaning: "The control plane stopped, or was restarted, while it answered.",
    wayOut: "Run the command again.",
  },
  LB6104: {
    title: "Control plane refused the request",
    meaning: "The control plane is of another version than the command, or has a defect.",
    wayOut: "Compare `landbridge version` with the version that runs; restart the control plane after an update.",
  },
  LB6111: {
    title: "API not reached",
    meaning: "Nothing answers where the API should be.",
    wayOut: "Start the control plane with `landbridge up`; or correct the address with `landbridge login --server`.",
  },
  LB6112: {
    title: "Certificate of the API not trusted",
    meaning: "What answers shows a certificate that the known authority has not signed, or that is for another name.",
    wayOut:
      "Run `landbridge login` again with the API's `ca.crt`; for another name of the server, start it with --api-name. " +
      "If neither has changed, somebody may be listening in: don't go on.",
  },
  LB6113: {
    title: "Not logged in",
    meaning: "The API doesn't know the credential: the token was revoked or has expired, or there is none.",
    wayOut: "Ask for a new token (`landbridge token create`), and give it to `landbridge login`.",
  },
  LB6114: {
    title: "Not allowed",
    meaning: "The user is known and has no right to do this.",
    wayOut: "See what is allowed with `landbridge auth can-i --list`; an administrator can bind a role.",
  },
  LB6115: {
    title: "Connection to the API lost",
    meaning: "The API was reached, and the connection broke or stayed silent for too long.",
    wayOut: "Run the command again; whether a write took place shows `landbridge get`.",
  },
  LB6116: {
    title: "API refused the request",
    meaning: "The request was understood and refused: an object has a mistake, isn't there, or has changed meanwhile.",
    wayOut: "Do what the message says.",
  },
  LB6117: {
    title: "Not Landbridge's API",
    meaning: "What answers at the address speaks another language.",
    wayOut: "Correct the address with `landbridge login --server`.",
  },
  LB6118: {
    title: "kubeconfig not usable",
    meaning: "The kubeconfig can't be read, or asks for something that Landbridge's command line doesn't do.",
    wayOut: "Correct what the message names; `landbridge login --print-kubeconfig` prints one that works.",
  },
  LB6119: {
    title: "Saved login not usable",
    meaning: "The file of the saved login can't be read or written, or others can read it.",
    wayOut: "Correct what the message names, or delete the file and run `landbridge login` again.",
  },
  LB6120: {
    title: "No API in this state directory",
    meaning: "The control plane of the state directory runs without its API, or its admin token can't be read.",
    wayOut:
      "Start it without `--api off`, and run the command as the same user; or `landbridge login --server` elsewhere.",
  },
} as const satisfies Record<string, ProblemDescription>;
