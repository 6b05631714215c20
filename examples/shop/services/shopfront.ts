/**
 * The shop's page: asks productcatalogue and stockmanager, and says which copy of itself answered.
 * A browser gets HTML, `accept: application/json` JSON, anything else text.
 */
import type { ServerResponse } from "node:http";
import { type Self, sendJson, serve } from "./serve.ts";

interface Product {
  readonly id: string;
  readonly name: string;
  readonly price: number;
}

interface Stock {
  readonly productId: string;
  readonly amount: number;
}

interface Offer {
  readonly name: string;
  readonly price: number;
  readonly inStock: number | "unknown";
}

const PRODUCTS_URL = process.env.PRODUCTS_URL ?? "";
const STOCK_URL = process.env.STOCK_URL ?? "";
const TIMEOUT_MS = 2_000;

serve(async (request, response, self) => {
  const accept = request.headers.accept ?? "";
  response.setHeader("x-served-by", `shopfront on ${self.machine} (${self.address})`);
  const offers = await currentOffers();
  if (offers === undefined) return sendJson(response, 503, { error: "productcatalogue doesn't answer" });
  if (accept.includes("text/html")) return sendPage(response, self, offers);
  if (accept.includes("application/json")) {
    return sendJson(response, 200, { service: "shopfront", machine: self.machine, address: self.address, offers });
  }
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
  response.end(`shopfront on ${self.machine} (${self.address})\n${offers.map(textLine).join("")}`);
});

/** Without stock numbers the shop still sells; without products there is nothing to show. */
async function currentOffers(): Promise<readonly Offer[] | undefined> {
  const [products, stock] = await Promise.all([
    fetchList<Product>(PRODUCTS_URL).catch(() => undefined),
    fetchList<Stock>(STOCK_URL).catch(() => []),
  ]);
  const amounts = new Map(stock.map(({ productId, amount }) => [productId, amount]));
  return products?.map(({ id, name, price }) => ({ name, price, inStock: amounts.get(id) ?? "unknown" }));
}

/** The other services are part of the same demo: their answers are taken as they are. */
async function fetchList<Item>(url: string): Promise<readonly Item[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Item[];
}

function textLine({ name, price, inStock }: Offer): string {
  return `  ${name.padEnd(10)} ${price.toFixed(2).padStart(6)}   ${inStock} in stock\n`;
}

function sendPage(response: ServerResponse, self: Self, offers: readonly Offer[]): void {
  const row = ({ name, price, inStock }: Offer) => `<tr><td>${name}<td>${price.toFixed(2)}<td>${inStock}`;
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The shop</title>
<style>
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
  td, th { padding: .2rem 1.5rem .2rem 0; text-align: left }
  .copy { border-left: .4rem solid ${self.machine.startsWith("vm") ? "#b35900" : "#00733f"}; padding-left: .8rem }
</style>
<h1>The shop</h1>
<p class="copy">shopfront on ${self.machine} (${self.address})
<table><tr><th>Product<th>Price<th>In stock${offers.map(row).join("")}</table>
</html>
`);
}
