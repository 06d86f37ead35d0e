/** The plain functions behind the recipe, the finder and the notes. */

import { describe, expect, test } from "vitest";
import { factsOf, isSmall } from "../src/data";
import { leaveOut, namedData, setData, takeBack } from "../src/document";
import { planWords } from "../src/panels/RunNumbers";
import { decades, rateFrame, ratePath, rateScale } from "../src/panels/recipe/rates";
import { applies, changed, grouped, rateAfter, roundRate } from "../src/panels/recipe/recipe";
import { since } from "../src/panels/run/Compare";
import { onlySetting } from "../src/panels/run/Notes";
import { trained } from "../src/panels/TrainPlan";
import type { DataRef } from "../src/protocol";
import { CATALOGUE, experiment, param, RECIPE } from "./samples";

const MOMENTUM = param("momentum", { group: "optimizer", default: 0.9, only: { optimizer: ["sgd"] } });
const SHIFT = param("shift", { group: "augmentation", default: 0 });
const EPOCHS = param("epochs", { group: "basic", default: 12 });

describe("groups", () => {
  test("have their order, and what has no group is basic", () => {
    const names = grouped([SHIFT, MOMENTUM, param("odd", { group: "new" }), EPOCHS, param("plain")]);
    expect(names.map((group) => group.name)).toEqual(["basic", "optimizer", "augmentation", "new"]);
    expect(names[0]?.params.map((each) => each.name)).toEqual(["epochs", "plain"]);
  });

  test("a setting that does nothing neither shows nor counts", () => {
    expect(applies(MOMENTUM, { optimizer: "adam" })).toBe(false);
    expect(applies(MOMENTUM, { optimizer: "sgd" })).toBe(true);
    const all = [MOMENTUM, SHIFT, EPOCHS];
    expect(changed(all, { optimizer: "adam", momentum: 0.5, shift: 2, epochs: 12 })).toEqual([SHIFT]);
    expect(changed(all, { optimizer: "sgd", momentum: 0.5, shift: 0, epochs: 12 })).toEqual([MOMENTUM]);
  });
});

describe("the learning rate over time", () => {
  const timing = { ...RECIPE, learning_rate: 1, epochs: 10 };
  const at = (share: number, more: object): number => rateAfter(share, { ...timing, ...more });

  test("is constant, falls in steps or in a wave, or rises and falls", () => {
    expect([at(0, {}), at(0.99, {})]).toEqual([1, 1]);
    const step = { schedule: "step", step_size: 5, gamma: 0.1 };
    expect([at(0.49, step), at(0.51, step)]).toEqual([1, 0.1]);
    expect([at(0, { schedule: "cosine" }), at(0.5, { schedule: "cosine" })]).toEqual([1, 0.5]);
    expect(at(1, { schedule: "cosine" })).toBeCloseTo(0);
    expect(at(0, { schedule: "one_cycle" })).toBeCloseTo(1 / 25);
    expect(at(0.3, { schedule: "one_cycle" })).toBeCloseTo(1);
    expect(at(1, { schedule: "one_cycle" })).toBeCloseTo(1 / 25e4);
  });

  test("warms up", () => {
    expect([at(0.05, { warmup: 0.1 }), at(0.1, { warmup: 0.1 })]).toEqual([0.5, 1]);
    expect(at(0.1, { warmup: 0.1, schedule: "cosine" })).toBe(1);
  });
});

describe("the finder", () => {
  const curve = { rates: [1e-6, 1e-4, 0.01, 1], losses: [2.3, 2.2, 1, 90], suggestion: 0.0034567 };

  test("has its rates by their logarithm", () => {
    const scale = rateScale(curve);
    const frame = rateFrame(248, 96);
    expect([1e-6, 1e-3, 1].map((rate) => Math.round(scale.across(frame, rate)))).toEqual([36, 136, 236]);
    expect(decades(scale)).toEqual([1e-6, 1e-4, 0.01, 1]);
    expect(decades({ low: 1e-3, high: 0.1 })).toEqual([0.001, 0.01, 0.1]);
  });

  test("an explosion does not flatten the rest", () => {
    const scale = rateScale(curve);
    const frame = rateFrame(248, 96);
    expect(scale.down(frame, 90)).toBe(frame.top);
    expect(scale.down(frame, 1)).toBe(frame.top + frame.height);
    expect(scale.down(frame, 2.3)).toBeGreaterThan(frame.top);
    expect(scale.down(frame, Number.NaN)).toBe(frame.top);
    expect(ratePath(frame, scale, { ...curve, losses: [2, Number.NaN, 1, 3] }).split("L")).toHaveLength(3);
    expect(ratePath(frame, scale, { rates: [], losses: [], suggestion: null })).toBe("");
  });

  test("suggests a number that reads well", () => {
    expect([roundRate(0.0034567), roundRate(0.1), roundRate(1.234e-5)]).toEqual([0.0035, 0.1, 0.000012]);
  });
});

describe("data", () => {
  const OWN: DataRef = {
    name: "cats",
    path: "cats",
    exclude: [],
    facts: {
      name: "cats",
      shape: [3, 64, 64],
      classes: ["a", "b"],
      train_size: 80,
      test_size: 20,
      mean: [0, 0, 0],
      std: [1, 1, 1],
      strokes: false,
      digest: "",
    },
  };

  test("is known by name or by what was found", () => {
    expect(factsOf(namedData("digits"), CATALOGUE.data, "ko")).toMatchObject({ title: "숫자", own: false });
    expect(factsOf(OWN, CATALOGUE.data, "en")).toMatchObject({ title: "cats", train: 80, own: true });
    expect(factsOf(namedData("gone"), CATALOGUE.data, "en")).toBeNull();
  });

  test("few pictures show themselves", () => {
    const facts = factsOf(OWN, [], "en");
    expect(facts && isSmall(facts)).toBe(true);
    expect(facts && isSmall({ ...facts, train: 50_000 })).toBe(false);
  });

  test("pictures are left out once, in order, and taken back", () => {
    const before = setData(experiment(["conv1"]), OWN);
    const out = leaveOut(leaveOut(before, [7, 2]), [2, 3]);
    expect(out.data.exclude).toEqual([2, 3, 7]);
    expect(takeBack(out).data).toEqual(OWN);
    expect(leaveOut(out, [3])).toBe(out);
    expect(setData(out, namedData("digits")).data).toEqual(namedData("digits"));
  });

  test("a run learns from what is not left out, held back or too many", () => {
    expect(trained(1000, RECIPE)).toBe(1000);
    expect(trained(1000, { ...RECIPE, patience: 3 })).toBe(900);
    expect(trained(1000, { ...RECIPE, examples: 200 })).toBe(200);
  });
});

describe("a run", () => {
  test("says how it computes, but not what everybody expects", () => {
    expect(planWords(null)).toEqual([]);
    const plan = {
      precision: "bf16",
      channels_last: true,
      mode: "cuda-graph",
      stream: true,
      threads: "one",
    } as const;
    expect(planWords(plan)).toEqual(["bf16", "channels_last", "cuda_graph", "stream", "one_thread"]);
    expect(
      planWords({
        ...plan,
        precision: "fp32",
        channels_last: false,
        mode: "eager",
        stream: false,
        threads: "all",
      }),
    ).toEqual(["fp32"]);
  });

  test("was so long ago", () => {
    expect(since(1000, "en", 1010)).toBe("now");
    expect(since(1000, "en", 1000 + 3 * 60)).toBe("3 minutes ago");
    expect(since(1000, "ko", 1000 + 2 * 86_400)).toBe("그저께");
  });

  test("a repair that is one setting has its name", () => {
    const patch = { nodes: [], remove_nodes: [], edges: [], remove_edges: [], data: null };
    const fix = { kind: "set-recipe", values: {}, patch: { ...patch, recipe: { epochs: 3 } } };
    expect(onlySetting(fix, CATALOGUE.recipe)).toMatchObject({ value: 3, param: { name: "epochs" } });
    expect(onlySetting({ ...fix, patch: { ...patch, recipe: { gone: 3 } } }, CATALOGUE.recipe)).toBeNull();
    expect(onlySetting({ ...fix, patch: { ...fix.patch, data: "mnist" } }, CATALOGUE.recipe)).toBeNull();
  });
});
