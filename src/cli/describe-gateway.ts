import type { ProxyView } from "../client/local-types.ts";
import { at, list, text } from "../lib/fields.ts";
import type { ObjectKey } from "../model/keys.ts";
import { keyOf } from "../model/metadata.ts";
import type { ObjectReader, ReadObject } from "./object-reader.ts";
import { conditionTable, notShown, section } from "./sections.ts";
import { table } from "./table.ts";

/** The listeners of a Gateway with what is attached, its addresses, and its proxies. */
export async function describeGateway({ pages }: ObjectReader, object: ReadObject): Promise<string[]> {
  const key = keyOf(object.resource);
  const [info, proxies] = await Promise.all([pages.info(), pages.proxies()]);
  const addresses = "value" in info ? info.value.gateways.filter(({ gateway }) => gateway === key) : [];
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
  return [
    section("Listeners", table(["NAME", "PROTOCOL", "PORT", "HOSTNAME", "ROUTES", "URL"], rows)),
    ...statuses.map(({ name, conditions }) => section(`Listener ${name}`, conditionTable(conditions))),
    section("Proxies", "problem" in proxies ? notShown(proxies.problem) : proxiesText(proxies.value, key)),
  ];
}

function proxiesText(proxies: readonly ProxyView[], key: ObjectKey): string {
  const rows = proxies
    .filter(({ gateway }) => gateway === key)
    .map(({ instance, inSync, refused }) => [instance, inSync ? "yes" : "no", String(refused.length)]);
  return rows.length === 0 ? "<none connected>" : table(["NAME", "IN SYNC", "REFUSED"], rows);
}
