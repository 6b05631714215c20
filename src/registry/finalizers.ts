/** A Namespace goes after all that is in it: namespace-cleaner.ts takes this away. */
export const CONTENT_FINALIZER = "landbridge.dev/content";
