/** The changes whose effect is timed: each a file that is replaced, and the request that shows the effect. */
import {
  hostnameOf,
  hostPath,
  hostText,
  local,
  MOVING_SERVICES,
  platformOf,
  platformPath,
  wildcardPath,
  wildcardText,
} from "../estate/estate.ts";
import { platformText, routeText, serviceText } from "../estate/objects.ts";
import type { Probe, Replacement } from "../processes/prober.ts";
import { probeOf, type Setting } from "./setting.ts";

export interface Change {
  readonly change: Replacement;
  readonly probe: Probe;
}

/** A series of changes of one kind; `next` is called just before each is made. */
export type ChangeSeries = (setting: Setting) => { next(index: number): Change };

/** A new path of a host: 404 before, 200 after. */
export const editRoute: ChangeSeries = (setting) => ({
  next(index) {
    const host = spread(index, setting.hosts);
    const path = `/edit-${index}`;
    const change = setting.scratch.stage(hostPath(host), hostText(host, ["/app", path]));
    return { change, probe: { ...probeOf(setting, hostnameOf(host), path), before: "/app" } };
  },
});

/** As above, for a host with a wildcard; these share one table of routes. */
export const editWildcard: ChangeSeries = (setting) => ({
  next(index) {
    const wildcard = index % 100;
    const path = `/edit-${index}`;
    const change = setting.scratch.stage(wildcardPath(wildcard), wildcardText(wildcard, ["/app", path]));
    return { change, probe: { ...probeOf(setting, `a.region-${wildcard}.example.com`, path), before: "/app" } };
  },
});

/** A new file with a host and its service: a cluster, its endpoints, a route. Its platform lists it already. */
export const addHost: ChangeSeries = (setting) => {
  const services = Array.from(
    { length: SPARE_SERVICES },
    (_, index) => [`new-${index}`, [local(setting.ports.a)]] as const,
  );
  setting.scratch.replace("platforms/spare.yaml", platformText("spare", new Map(services)));
  return {
    next(index) {
      const [name, namespace] = [`new-${index}`, "team-0"];
      const hostname = `${name}.example.com`;
      const backends = [{ name: "vm", platform: "spare", service: name, weight: 100 }];
      const text =
        routeText({ hostname, namespace, name, paths: ["/app"] }) + serviceText({ namespace, name, backends });
      return { change: setting.scratch.stage(`hosts/${name}.yaml`, text), probe: probeOf(setting, hostname, "/app") };
    },
  };
};

/** All of a service's traffic from one backend to the other. */
export const flipSplit: ChangeSeries = (setting) => ({
  next(index) {
    const host = index % MOVING_SERVICES;
    const isNew = Math.floor(index / MOVING_SERVICES) % 2 === 0;
    const change = setting.scratch.stage(hostPath(host), hostText(host, ["/app"], isNew ? 100 : 0));
    return { change, probe: probeOf(setting, hostnameOf(host), "/app", isNew ? "b" : "a") };
  },
});

/** A service's only endpoint is replaced by another, in a platform that lists a hundred services. */
export const moveEndpoint: ChangeSeries = (setting) => {
  const moved = new Set<number>();
  const { a, b } = setting.ports;
  return {
    next(index) {
      const host = MOVING_SERVICES + spread(index, setting.hosts - MOVING_SERVICES);
      if (!moved.delete(host)) moved.add(host);
      const text = platformOf(host, (each) => [moved.has(each) ? b : a]);
      const change = setting.scratch.stage(platformPath(host), text);
      return { change, probe: probeOf(setting, hostnameOf(host), "/app", moved.has(host) ? "b" : "a") };
    },
  };
};

const SPARE_SERVICES = 400;

/** Visits all hosts in an order without pattern before it visits one again. */
function spread(index: number, hosts: number): number {
  return (index * 1_013 + 7) % hosts;
}
