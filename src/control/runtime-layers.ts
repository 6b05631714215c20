/** RTDS layers that moving splits are spread over; fixed when an Envoy starts. More layers: less to load at a change. */
export const RUNTIME_LAYERS: readonly string[] = Array.from({ length: 16 }, (_, index) => `splits-${index}`);
