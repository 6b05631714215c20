/** Knows what the shop sells: GET /products, GET /products/<id>. */
import { sendJson, serve } from "./serve.ts";

const PRODUCTS = [
  { id: "1", name: "Widget", price: 1.2 },
  { id: "2", name: "Sprocket", price: 4.1 },
  { id: "3", name: "Anvil", price: 45.5 },
  { id: "4", name: "Cogs", price: 1.8 },
];

serve((request, response, self) => {
  const { pathname } = new URL(request.url ?? "/", "http://productcatalogue");
  response.setHeader("x-served-by", `productcatalogue on ${self.machine} (${self.address})`);
  if (pathname === "/products") return sendJson(response, 200, PRODUCTS);
  const product = PRODUCTS.find(({ id }) => pathname === `/products/${id}`);
  if (product === undefined) return sendJson(response, 404, { error: "no such product" });
  sendJson(response, 200, product);
});
