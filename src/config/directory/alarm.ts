/** Wakes one sleeper: at once when rung, or at the earliest of the times that were set. */
export class Alarm {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Until rung (also if that was before), or until `at` (milliseconds since the epoch) has come. */
  async sleep(at: number | undefined): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = at === undefined ? undefined : setTimeout(resolve, Math.max(0, at - Date.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
