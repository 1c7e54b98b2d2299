import assert from "node:assert/strict";
import { test } from "node:test";
import * as decimal from "../../../Web/app/decimal.js";

test("texts that are no decimal numbers are refused", () => {
  for (const text of ["", " ", "1.", ".5", "1e5", "0x10", "1,000", "--1", "NaN", "Infinity", "1.2.3", "９"]) {
    assert.equal(decimal.parse(text), null, text);
  }
  assert.deepEqual(decimal.parse("-0.50"), { units: -50n, scale: 2 });
});

test("what a person types is read kindly", () => {
  for (const [input, text] of [["1,234.5", "1234.5"], [" 1 000 ", "1000"], [".5", "0.5"], ["7.", "7"], ["", ""]]) {
    assert.equal(decimal.normalize(input), text);
  }
});

test("sums and products are exact where floating point is not", () => {
  assert.equal(decimal.add("0.1", "0.2"), "0.3");
  assert.equal(decimal.subtract("1", "0.00000001"), "0.99999999");
  assert.equal(decimal.multiply("64123.45", "0.00000003"), "0.0019237035");
  assert.equal(decimal.multiply("-3", "0.5"), "-1.5");
  const large = "123456789012345678901234567890.12345678";
  assert.equal(decimal.subtract(decimal.add(large, "0.00000001"), large), "0.00000001");
});

test("division rounds towards zero and knows no zero", () => {
  assert.equal(decimal.divide("2", "3", 4), "0.6666");
  assert.equal(decimal.divide("-2", "3", 4), "-0.6666");
  assert.equal(decimal.divide("1", "0", 4), null);
  assert.equal(decimal.percentChange("50", "51"), "+2.00");
  assert.equal(decimal.percentChange("50", "49.5"), "-1.00");
  assert.equal(decimal.percentChange("0", "1"), null);
});

test("units need no more decimals than there are", () => {
  assert.equal(decimal.toUnits("1.50", 8), 150_000_000n);
  assert.equal(decimal.toUnits("1.500", 1), 15n);
  assert.equal(decimal.toUnits("1.51", 1), null);
  assert.equal(decimal.fromUnits(-5n, 3), "-0.005");
  assert.equal(decimal.fromUnits(5n, 0), "5");
});

test("steps: multiples, and the largest below", () => {
  assert.equal(decimal.isMultiple("10.05", "0.05"), true);
  assert.equal(decimal.isMultiple("10.04", "0.05"), false);
  assert.equal(decimal.isMultiple("1", "0"), false);
  assert.equal(decimal.floorTo("1.2399", "0.05"), "1.2000");
});

test("numbers for people keep every digit that counts", () => {
  assert.equal(decimal.fixed("1.5", 2), "1.50");
  assert.equal(decimal.fixed("1.500000", 2), "1.50");
  assert.equal(decimal.fixed("1.505", 2), "1.505");
  assert.equal(decimal.cut("1.509", 2), "1.50");
  assert.equal(decimal.grouped("-1234567.891"), "-1,234,567.891");
  assert.equal(decimal.grouped("999"), "999");
  assert.equal(decimal.compare("2.0", "2"), 0);
  assert.equal(decimal.compare("-1", "0.1"), -1);
});
