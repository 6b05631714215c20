import type { LocalClient } from "../client/local-client.ts";
import type { ObjectView } from "../client/local-types.ts";
import { keyOf } from "../model/metadata.ts";
import { at, list, text } from "../lib/fields.ts";
import { conditionTable, section } from "./sections.ts";
import { table } from "./table.ts";

/** The listeners of a Gateway with what is attached, its addresses, and its proxies. */
export async function describeGateway(client: LocalClient, object: ObjectView): Promise<string[]> {
  const key = keyOf(object.resource);
  const [info, proxies] = await Promise.all([client.info(), client.proxies()]);
  const addresses = "value" in info ? info.value.gateways.filter(({ gateway }) => gateway === key) : [];
  const own = "value" in proxies ? proxies.value.filter(({ gateway }) => gateway === key) : [];
  const statuses = object.status?.listeners ?? [];
  const rows = list(at(object.resource, "spec", "listeners")).map((listener) => {
    const name = text(at(listener, "name"));
    return [
      name,
      text(at(listener, "protocol")),
      text(at(listener, "port")),
      text(at(listener, "hostname")) || "*",
      String(statuses.find((status) => status.name === name)?.attachedRoutes ?? 0),
      addresses.find((address) => address.listener === name)?.url ?? "",
    ];
  });
  const proxyRows = own.map(({ instance, inSync, refused }) => [
    instance,
    inSync ? "yes" : "no",
    String(refused.length),
  ]);
  return [
    section("Listeners", table(["NAME", "PROTOCOL", "PORT", "HOSTNAME", "ROUTES", "URL"], rows)),
    ...statuses.map(({ name, conditions }) => section(`Listener ${name}`, conditionTable(conditions))),
    section("Proxies", own.length === 0 ? "<none connected>" : table(["NAME", "IN SYNC", "REFUSED"], proxyRows)),
  ];
}
