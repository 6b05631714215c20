/**
 * A boolean of a query string as Kubernetes reads it (k8s.io/apimachinery, Convert_Slice_string_To_bool): absent, "0" and
 * "false" in any case are false, everything else is true, "" included. Of several values the first counts.
 */
export function queryFlag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== "0" && value.toLowerCase() !== "false";
}
