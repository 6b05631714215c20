import type { ProblemDescription } from "../model/problem.ts";

/** Problems of the store: LB71xx. */
export const STORAGE_PROBLEMS = {
  LB7101: {
    title: "Store in use",
    meaning: "Another process has the store open. Only one control plane may use it.",
    wayOut: "Stop the other control plane, or choose another state directory.",
  },
  LB7102: {
    title: "Store can't be opened",
    meaning: "The operating system refused to open or create the store's file.",
    wayOut: "Correct what the message names: the path, its owner, or its permissions.",
  },
  LB7103: {
    title: "Store damaged",
    meaning: "The store's file is not what was written to it. Nothing in it was changed.",
    wayOut:
      "Check the disk, then put back a backup: `landbridge restore <backup>`. The damaged file is kept beside the new one.",
  },
  LB7104: {
    title: "Store of a newer version",
    meaning: "A newer Landbridge has written the store, in a form that this one doesn't know. Nothing was changed.",
    wayOut: "Run the newer version, or restore a backup that this version wrote.",
  },
  LB7105: {
    title: "Not a store",
    meaning: "The file is a database of another program.",
    wayOut: "Name another path. The file was left as it is.",
  },
  LB7106: {
    title: "Disk full",
    meaning:
      "There is no room for the change. It was refused as a whole; what was written before is safe and readable.",
    wayOut: "Make room on the disk. Writing goes on by itself then.",
  },
  LB7107: {
    title: "Store is read-only",
    meaning: "The file or its file system may not be written.",
    wayOut: "Correct its permissions, or mount the file system for writing.",
  },
  LB7108: {
    title: "Disk error",
    meaning: "The disk or its file system reported an error. The change was refused.",
    wayOut: "Look at the system's log, and check the disk. Writing goes on by itself when the disk does.",
  },
  LB7109: {
    title: "Store has stopped",
    meaning: "The store was closed, or the thread that writes it has ended.",
    wayOut: "Start Landbridge anew. What was acknowledged is safe.",
  },
  LB7110: {
    title: "Sealing key missing",
    meaning: "Secrets in the store are sealed with a key that was not given, or is not the one that sealed them.",
    wayOut:
      "Give the key that the message names. When keys are changed, the new one comes first and the old one stays below it until all is sealed anew.",
  },
  LB7111: {
    title: "Sealing keys not usable",
    meaning: "The keys that seal secrets can't be read, or are not in the right form.",
    wayOut: "One key a line, each 32 random bytes in base64, in a file that only its owner may read (mode 0600).",
  },
  LB7112: {
    title: "Sealed value can't be opened",
    meaning: "A sealed value was changed after it was written, or moved to another key.",
    wayOut: "Somebody or something has changed the store's file. Put back a backup: `landbridge restore <backup>`.",
  },
  LB7113: {
    title: "Backup not made",
    meaning: "The copy could not be written. No half copy was left behind.",
    wayOut: "Correct what the message names, or write the backup to another path.",
  },
  LB7114: {
    title: "Backup not usable",
    meaning: "The file is no whole copy of a store that this version can read. The store was left as it is.",
    wayOut: "Restore another backup.",
  },
  LB7115: {
    title: "Store could not be brought to this version",
    meaning: "A step that changes the form of the store failed. The store is as it was before that step.",
    wayOut: "Correct what the message names, or go on with the version that wrote the store.",
  },
} as const satisfies Record<string, ProblemDescription>;

export type StorageProblemCode = keyof typeof STORAGE_PROBLEMS;
