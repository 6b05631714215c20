import type { ProblemDescription } from "../model/problem.ts";

/** Problems of reading configuration: LB14xx. */
export const CONFIG_PROBLEMS = {
  LB1401: {
    title: "Configuration directory not readable",
    meaning: "The directory, or one below it, does not exist, is no directory, or may not be listed.",
    wayOut: "Create it or correct its permissions. What was read from it before keeps serving until it is back.",
  },
  LB1402: {
    title: "Configuration directory came back empty",
    meaning: "The directory was deleted and made again, and holds no configuration file.",
    wayOut:
      "Put the files back. Until then everything that was read before keeps serving. Restart to start from nothing.",
  },
  LB1403: {
    title: "Directory is polled instead of watched",
    meaning: "The operating system refused to watch the directory, so changes are noticed later, by polling.",
    wayOut: "On Linux raise fs.inotify.max_user_watches and fs.inotify.max_user_instances.",
  },
  LB1404: {
    title: "File not readable",
    meaning: "The operating system refused to read the file. Objects read from it before keep serving.",
    wayOut: "Correct the file's permissions, or the cause that the message names.",
  },
  LB1405: {
    title: "File is empty",
    meaning: "A file that had objects is empty now, which is taken for an accident. Its objects keep serving.",
    wayOut: "Restore the file; or delete it (or leave only a comment in it) to remove its objects.",
  },
  LB1406: {
    title: "Symbolic link leads nowhere",
    meaning:
      "The target of a link does not exist, or the links form a circle. Objects read from it before keep serving.",
    wayOut: "Correct or delete the link.",
  },
  LB1407: {
    title: "Not a regular file",
    meaning: "A pipe, socket or device carries the name of a configuration file. It is not read.",
    wayOut: "Replace it by a file, or give it another name.",
  },
  LB1408: {
    title: "File too large",
    meaning: "The file is over the size limit and is not read. Objects read from it before keep serving.",
    wayOut: "Split it into several files.",
  },
  LB1409: {
    title: "File is not UTF-8",
    meaning: "The file holds bytes that are no UTF-8 text. Objects read from it before keep serving.",
    wayOut: "Save it as UTF-8.",
  },
  LB1410: {
    title: "Same object in two places",
    meaning:
      "Two files, or two documents of one file, define the same object. The first one serves: the one that already did, else by file name.",
    wayOut: "Delete or rename one of them.",
  },
  LB1411: {
    title: "Directories too deep",
    meaning: "A directory lies deeper below the configuration directory than is followed. It is not read.",
    wayOut: "Move the files up.",
  },
  LB1412: {
    title: "Same object in two sources",
    meaning:
      "The configuration directory and the API's store (or the built-in objects) hold the same object. Built-in objects stand before files, and files before the store. The one behind is kept, but serves nobody and can't be seen.",
    wayOut:
      "Take the object out of the file: then the API's comes to light and serves, as it is in the store. To stay with the file, delete the API's.",
  },
  LB1413: {
    title: "A source of configuration stopped",
    meaning:
      "Landbridge can't follow the changes of a source any more. What it gave until then keeps serving; other sources go on.",
    wayOut: "Correct the cause that the message names, and restart.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type ConfigProblemCode = keyof typeof CONFIG_PROBLEMS;
