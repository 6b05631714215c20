/**
 * Random edits of an estate under load. Each is one file written, replaced or removed; after each one every loaded
 * host has a valid route to a service with endpoints, so no request may fail.
 */
import {
  hostnameOf,
  hostPath,
  hostText,
  MOVING_SERVICES,
  namespaceOf,
  platformOf,
  platformPath,
  vmBackend,
} from "../estate/estate.ts";
import { routeText, serviceText } from "../estate/objects.ts";
import type { Setting } from "../live/setting.ts";
import { randomNumbers } from "../random.ts";

/** A loaded host's way: its own service, or another one that stands in a file of its own. */
type Way = "own" | "other exists" | "other";

interface HostState {
  way: Way;
  newShare: number;
}

const SPARE_HOSTS = 60;
const EDITS_OF_ONE_ROUTE = 4;

export class RandomEdits {
  readonly #setting: Setting;
  readonly #random = randomNumbers(20_260);
  readonly #hosts: HostState[];
  /** Hosts without load, which come and go whole. */
  readonly #spare = new Set<number>();
  readonly #movedEndpoints = new Set<number>();

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#hosts = Array.from({ length: setting.hosts }, () => ({ way: "own", newShare: 0 }));
  }

  /** Makes one edit. */
  next(): void {
    const kinds = [this.#editRoute, this.#moveEndpoint, this.#shiftSplit, this.#changeWay, this.#addOrRemoveHost];
    kinds[this.#below(kinds.length)]?.call(this);
  }

  #editRoute(): void {
    const host = this.#below(this.#hosts.length);
    this.#writeHost(host);
  }

  #shiftSplit(): void {
    const host = this.#below(MOVING_SERVICES);
    const state = this.#hosts[host];
    if (state) state.newShare = this.#below(101);
    this.#writeHost(host);
  }

  #moveEndpoint(): void {
    const { ports, scratch, hosts } = this.#setting;
    const host = this.#below(hosts);
    if (!this.#movedEndpoints.delete(host)) this.#movedEndpoints.add(host);
    const both = this.#random() < 0.3;
    const portsOf = (each: number) => {
      const one = this.#movedEndpoints.has(each) ? ports.b : ports.a;
      return both && each === host ? [ports.a, ports.b] : [one];
    };
    scratch.replace(platformPath(host), platformOf(host, portsOf));
  }

  /** Service first, then the route to it; and back: the route first, then the service goes. */
  #changeWay(): void {
    const host = MOVING_SERVICES + this.#below(this.#hosts.length - MOVING_SERVICES);
    const state = this.#hosts[host];
    if (!state) return;
    const { scratch } = this.#setting;
    if (state.way === "own") {
      scratch.replace(otherPath(host), otherText(host));
      state.way = "other exists";
    } else if (state.way === "other") {
      state.way = "other exists";
      this.#writeHost(host);
    } else if (this.#random() < 0.5) {
      state.way = "other";
      this.#writeHost(host);
    } else {
      scratch.remove(otherPath(host));
      state.way = "own";
    }
  }

  #addOrRemoveHost(): void {
    const spare = this.#below(SPARE_HOSTS);
    const path = `hosts/spare-${spare}.yaml`;
    if (this.#spare.delete(spare)) {
      this.#setting.scratch.remove(path);
      return;
    }
    this.#spare.add(spare);
    const [namespace, name] = ["team-spare", `spare-${spare}`];
    const route = routeText({ hostname: `${name}.example.com`, namespace, name, paths: ["/app"] });
    this.#setting.scratch.replace(path, route + serviceText({ namespace, name, backends: [vmBackend(spare)] }));
  }

  /** The route gets other paths beside the one that is loaded; on the other way its own service goes. */
  #writeHost(host: number): void {
    const state = this.#hosts[host];
    const more = Array.from(
      { length: this.#below(EDITS_OF_ONE_ROUTE) },
      (_, index) => `/more-${index}-${this.#below(1_000)}`,
    );
    const paths = ["/app", ...more];
    const text = state?.way === "other" ? otherRoute(host, paths) : hostText(host, paths, state?.newShare ?? 0);
    this.#setting.scratch.replace(hostPath(host), text);
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}

function otherPath(host: number): string {
  return `services/other-${host}.yaml`;
}

function otherText(host: number): string {
  return serviceText({ namespace: namespaceOf(host), name: `other-${host}`, backends: [vmBackend(host)] });
}

function otherRoute(host: number, paths: readonly string[]): string {
  const name = `shop-${host}`;
  return routeText({ hostname: hostnameOf(host), namespace: namespaceOf(host), name, paths, service: `other-${host}` });
}
