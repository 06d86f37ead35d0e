import { expect, test } from "vitest";
import {
  adaptive,
  convolve,
  drop,
  normalize,
  type Params,
  type Plane,
  pad,
  pool,
  range,
  stamp,
  weigh,
} from "../src/learn/arithmetic";
import { curveOf, logSoftmax, softmax } from "../src/learn/curves";
import golden from "./golden/pictures.json";

interface Case {
  block: string;
  picture: string;
  params: Params;
  x: number[][] | number[];
  w?: number[][];
  b?: number[];
  y: number[][] | number[];
}

// Made by torch; tests/test_learn_pictures.py writes it and fails when it is stale.
const CASES: Case[] = golden as unknown as Case[];

function compute({ block, picture: kind, params, x, w = [], b = [] }: Case): Plane | number[] {
  const picture = x as number[][];
  const row = x as number[];
  const fills = { ZeroPad2d: "zeros", ConstantPad2d: "constant", ReflectionPad2d: "reflect" } as const;
  const curve = curveOf(kind.replace("curve-", ""), params);
  if (curve) return picture.map((line) => line.map(curve));
  switch (block) {
    case "Conv2d":
      return convolve(picture, w, b[0] ?? 0, params).after;
    case "ConvTranspose2d":
      return stamp(picture, w, b[0] ?? 0, params).after;
    case "MaxPool2d":
      return pool("max", picture, params).after;
    case "AvgPool2d":
      return pool("average", picture, params).after;
    case "AdaptiveAvgPool2d":
      return adaptive("average", picture, params).after;
    case "AdaptiveMaxPool2d":
      return adaptive("max", picture, params).after;
    case "Softmax":
      return softmax(row);
    case "LogSoftmax":
      return logSoftmax(row);
    case "Linear":
      return weigh(row, w, b);
    case "BatchNorm2d": {
      const { values } = normalize(picture.flat(), Number(params.eps));
      const wide = picture[0]?.length ?? 1;
      return picture.map((line, at) => line.map((_, each) => values[at * wide + each] ?? 0));
    }
    default:
      return pad(picture, params, fills[block as keyof typeof fills] ?? "replicate").after;
  }
}

test("there are cases of every picture", () => {
  expect(CASES.length).toBeGreaterThan(180);
  expect(new Set(CASES.map((each) => each.block)).size).toBe(23);
});

test.each(CASES.map((each, at) => [`${at} ${each.block} ${JSON.stringify(each.params)}`, each] as const))(
  "%s",
  (_, each) => {
    const found = compute(each);
    expect(found.length).toBe(each.y.length);
    const [got, wanted] = [found.flat(), each.y.flat()];
    expect(got.length).toBe(wanted.length);
    for (const [at, value] of got.entries()) expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 3);
  },
);

test("each number is the one that its window gives, and says what it came from", () => {
  for (const { block, params, x, w = [], b = [] } of CASES) {
    const picture = x as number[][];
    const scene =
      block === "Conv2d"
        ? convolve(picture, w, b[0] ?? 0, params)
        : block === "MaxPool2d"
          ? pool("max", picture, params)
          : null;
    if (!scene) continue;
    const wide = scene.after[0]?.length ?? 1;
    for (const at of scene.order) {
      const look = scene.look(at);
      expect(look.total).toBe(scene.after[Math.floor(at / wide)]?.[at % wide]);
      for (const { cell, value } of look.terms)
        expect(scene.before.values[cell.row]?.[cell.column]).toBe(value);
      if (block === "MaxPool2d") expect(look.terms[look.winner]?.value).toBe(look.total);
    }
  }
});

test("prints add up to the result, one after the other", () => {
  const { params, x, w = [], b = [] } = CASES.find((each) => each.block === "ConvTranspose2d") as Case;
  const picture = x as number[][];
  const stamps = stamp(picture, w, b[0] ?? 0, params);
  expect(stamps.upTo(picture.flat().length)).toEqual(stamps.after);
  expect(
    stamps
      .upTo(0)
      .flat()
      .every((value) => value === (b[0] ?? 0)),
  ).toBe(true);
  const wide = stamps.after[0]?.length ?? 1;
  for (const at of range(stamps.after.flat().length)) {
    expect(stamps.look(at).total).toBeCloseTo(
      stamps.after[Math.floor(at / wide)]?.[at % wide] ?? Number.NaN,
      9,
    );
  }
});

test("what is not switched off grows by the share that is", () => {
  expect(drop(3, 0.25, false)).toBe(4);
  expect(drop(3, 0.25, true)).toBe(0);
  expect(drop(3, 1, false)).toBe(0);
});
