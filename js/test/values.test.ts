import { describe, expect, test } from "vitest";
import { read, remarkOn, same, show, step, suggestions, type Value, valueIn } from "../src/panels/values";
import { param, SIZE } from "./samples";

const WHOLE = param("filters", { minimum: 1, maximum: 64, suggestions: [8, 16, 32] });
const RATE = param("rate", {
  kind: "number",
  default: 0.001,
  minimum: 0,
  maximum: 10,
  exclusive: true,
  suggestions: [0.0001, 0.001, 0.01],
});
const SHARE = param("p", { kind: "number", default: 0.5, minimum: 0, maximum: 1 });

describe("reading", () => {
  test.each<[string, Value]>([
    ["3", 3],
    [" 3 ", 3],
    ["3×5", [3, 5]],
    ["3x5", [3, 5]],
    ["3, 5", [3, 5]],
    ["(3, 5)", [3, 5]],
    ["3 × 5", [3, 5]],
    ["same", "same"],
    ["SAME", "same"],
    ["3x", 3],
  ])("the size %s", (text, value) => expect(read(SIZE, text)).toEqual({ value }));

  test.each(["", "three", "3.5", "1x2x3", "x", "-", "1e3"])("%j is no size", (text) =>
    expect(read(SIZE, text).remark?.key).toBe("not_size"),
  );

  test.each(["", "3.0", "1e3", "ten", "9".repeat(30), "0x10"])("%j is no whole number", (text) =>
    expect(read(WHOLE, text).remark?.key).toBe("not_whole"),
  );

  test.each<[string, number]>([
    ["0.5", 0.5],
    ["0,5", 0.5],
    ["1e-3", 0.001],
    [".5", 0.5],
    ["5.", 5],
  ])("the number %s", (text, value) => expect(read(RATE, text)).toEqual({ value }));

  test.each(["", "Infinity", "NaN", "1e999", "half"])("%j is no number", (text) =>
    expect(read(RATE, text).remark?.key).toBe("not_number"),
  );

  test("what is shown can be read again", () => {
    for (const value of [3, [3, 5], "same"] as Value[]) expect(read(SIZE, show(value))).toEqual({ value });
    expect(read(RATE, show(1e-7))).toEqual({ value: 1e-7 });
  });
});

describe("ranges", () => {
  test.each<[typeof WHOLE, Value, string | undefined]>([
    [WHOLE, 0, "between"],
    [WHOLE, 1, undefined],
    [WHOLE, 65, "between"],
    [RATE, 0, "above_to"],
    [RATE, 10, undefined],
    [SIZE, [3, 5000], "between"],
    [SIZE, "same", undefined],
    [param("seed", { maximum: null, minimum: 0 }), -1, "at_least"],
    [param("x", { minimum: null, maximum: 2 }), 3, "at_most"],
    [param("x", { minimum: 0, maximum: null, exclusive: true }), 0, "above"],
  ])("%#", (each, value, key) => expect(remarkOn(each, value)?.key).toBe(key));
});

describe("stepping", () => {
  test.each<[typeof WHOLE, Value, 1 | -1, boolean, Value]>([
    [WHOLE, 3, 1, false, 4],
    [WHOLE, 64, 1, false, 64],
    [WHOLE, 1, -1, false, 1],
    [WHOLE, 3, 1, true, 8],
    [WHOLE, 40, 1, true, 50],
    [WHOLE, 5000, -1, false, 64],
    [SIZE, [3, 5], 1, false, [4, 6]],
    [SIZE, "same", 1, false, 1],
    [RATE, 0.001, 1, false, 0.01],
    [RATE, 0.01, 1, false, 0.02],
    [RATE, 0.0001, -1, false, 0.00009],
    [SHARE, 0.5, 1, false, 0.6],
    [SHARE, 0.1, -1, false, 0.09],
    [SHARE, 0, 1, false, 0.01],
    [SHARE, 1, 1, false, 1],
    [SHARE, 0, -1, false, 0],
  ])("%#", (each, value, direction, large, next) =>
    expect(step(each, value, direction, large)).toEqual(next),
  );
});

describe("documents", () => {
  test("nothing stands for the default, and strange values show as they are", () => {
    expect(valueIn(WHOLE, undefined)).toBe(3);
    expect(valueIn(SIZE, [1, 2])).toEqual([1, 2]);
    expect(valueIn(WHOLE, { a: 1 })).toBe('{"a":1}');
  });

  test("words come first in the list, and nothing twice", () => {
    expect(suggestions(SIZE)).toEqual(["same", 1, 3, 5]);
    expect(same([1, 2], [1, 2])).toBe(true);
    expect(same([1], 1)).toBe(false);
  });
});
