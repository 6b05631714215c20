/** Knows how many there are: GET /stock, GET /stock/<product id>. */
import { sendJson, serve } from "./serve.ts";

const STOCK = [
  { productId: "1", amount: 5 },
  { productId: "2", amount: 2 },
  { productId: "3", amount: 999 },
  { productId: "4", amount: 0 },
];

serve((request, response, self) => {
  const { pathname } = new URL(request.url ?? "/", "http://stockmanager");
  response.setHeader("x-served-by", `stockmanager on ${self.machine} (${self.address})`);
  if (pathname === "/stock") return sendJson(response, 200, STOCK);
  const stock = STOCK.find(({ productId }) => pathname === `/stock/${productId}`);
  if (stock === undefined) return sendJson(response, 404, { error: "no such product" });
  sendJson(response, 200, stock);
});
