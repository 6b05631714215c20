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
  LB6221: {
    title: "Not an object",
    meaning: "A document in a file lacks what every object has: apiVersion, kind and metadata.name.",
    wayOut: "Add what the message names; `landbridge explain <kind>` shows the fields of a kind.",
  },
  LB6222: {
    title: "Kind not served",
    meaning: "The API has no kind of this name in this version.",
    wayOut: "Compare apiVersion and kind with `landbridge api-resources`.",
  },
  LB6223: {
    title: "Object given twice",
    meaning: "Two documents of one command are the same object, and it can be only one of them.",
    wayOut: "Take one of the two out.",
  },
  LB6224: {
    title: "Object is of another namespace",
    meaning: "The object names a namespace, and the command another one.",
    wayOut: "Leave -n out, or metadata.namespace.",
  },
  LB6225: {
    title: "File not readable",
    meaning: "What -f names can't be read, or holds no objects.",
    wayOut: "Name a file or directory with YAML or JSON, or - for standard input; -R goes into directories below.",
  },
  LB6226: {
    title: "Nothing was changed",
    meaning: "Some of the objects would be refused, so none was written.",
    wayOut: "Correct what is printed above, and run the command again.",
  },
  LB6227: {
    title: "Changed in part",
    meaning:
      "All objects passed the check, and then the write of one was refused: somebody else changed something meanwhile.",
    wayOut: "See what is printed above, and run the command again: what is right already stays as it is.",
  },
  LB6228: {
    title: "Not live",
    meaning: "The objects are written, and not all of them are live on every proxy.",
    wayOut: "See the reasons printed above; `landbridge proxies` and `landbridge describe` tell more.",
  },
  LB6229: {
    title: "Login failed",
    meaning: "The login wasn't saved: its parts don't fit together or don't open the API.",
    wayOut: "Do what the message says; nothing was changed.",
  },
  LB6230: {
    title: "Editor failed",
    meaning: "The editor ended with an error, or there is none.",
    wayOut: "Name an editor that waits until the file is closed: EDITOR='code --wait'.",
  },
  LB6231: {
    title: "Condition not reached",
    meaning: "The object didn't become what `wait` or `delete` waits for, before the time was over.",
    wayOut: "Look at its state with `landbridge describe`; wait longer with --timeout.",
  },
  LB6232: {
    title: "Edited text not usable",
    meaning: "The text that the editor left is no object, or another one than was edited.",
    wayOut: "Keep apiVersion, kind, name and namespace as they are.",
  },
  LB6241: {
    title: "Not the name of an object",
    meaning: "The command takes the kind, the namespace and the name of an object as one word.",
    wayOut: "Write HTTPRoute/shop/front; for kinds without namespaces Platform/datacenter.",
  },
  LB6242: {
    title: "Audit journal broken",
    meaning:
      "An entry of the audit journal isn't as it was written: it was changed, left out or put in later, or the end is cut off. " +
      "What stands before it is as it was written.",
    wayOut:
      "Somebody or something has changed the store's file. Compare with a backup (`landbridge audit log --file <backup>`) " +
      "and with heads that were noted elsewhere, and find out who could write there.",
  },
  LB6243: {
    title: "No such field",
    meaning: "The kind has no field of this name at this place.",
    wayOut: "List the fields with `landbridge explain <kind> --recursive`.",
  },
  LB6244: {
    title: "Not watched over the API",
    meaning: "The API has no watch for this page about the running control plane.",
    wayOut: "Run it where the control plane runs, with --state-dir; or without --watch.",
  },
  LB6245: {
    title: "Backup not saved",
    meaning: "The backup was not written to the file. No half of it was left behind.",
    wayOut: "Correct what the message names, or choose another file; --force replaces one that is there.",
  },
  LB6246: {
    title: "Control plane is running",
    meaning: "A store can be replaced only while no control plane uses it.",
    wayOut: "Stop `landbridge up`, restore, and start it again.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type CliProblemCode = keyof typeof CLI_PROBLEMS;
