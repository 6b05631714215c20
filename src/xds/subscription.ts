/**
 * What a client asked for of one type. Pure state.
 *
 * Rules: xDS protocol, "How the client specifies what resources to return" and "Unsubscribing From Resources".
 */
export class Subscription {
  readonly #names = new Set<string>();
  #wildcard = false;
  #started = false;

  get isWildcard(): boolean {
    return this.#wildcard;
  }

  /** Whether the client has sent a request of this type on this stream. */
  get isStarted(): boolean {
    return this.#started;
  }

  includes(name: string): boolean {
    return this.#wildcard || this.#names.has(name);
  }

  isNamed(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * @param legacyWildcard whether a first request without names subscribes to everything
   * @returns whether the wildcard began with this request
   */
  start(hasNames: boolean, legacyWildcard: boolean): boolean {
    this.#started = true;
    this.#wildcard = !hasNames && legacyWildcard;
    return this.#wildcard;
  }

  subscribe(name: string): void {
    if (name === "*") this.#wildcard = true;
    else this.#names.add(name);
  }

  /** "*" ends the wildcard, also one that began without a name; names that were asked for stay. */
  unsubscribe(name: string): void {
    if (name === "*") this.#wildcard = false;
    else this.#names.delete(name);
  }
}
