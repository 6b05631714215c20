/** metav1.Condition without lastTransitionTime, which whoever stores the status adds: pure code has no clock. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number | undefined;
}
