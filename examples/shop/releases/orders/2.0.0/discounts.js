/** The bug of 2.0.0: a fifth of all orders has no discount table, evenly spread (golden ratio), and nobody asked. */
let orders = 0;

function discountOf(id) {
  orders += 1;
  if ((orders * 0.618034) % 1 < 0.2) throw new TypeError(`discount table of order ${id} is undefined`);
  return 0.05;
}

module.exports = { discountOf };
