/** Which blocks can be bypassed, frozen and doubled. */

import { describe, expect, test } from "vitest";
import { duplicate, flag } from "../src/canvas/actions";
import { newNode } from "../src/document";
import { bearers } from "../src/flags";
import type { NodeState } from "../src/protocol";
import { createCanvasStore, type Store } from "../src/store";
import { analysis, experiment, FakeKernel } from "./samples";

const state = (parameters: number, shapes: NodeState["shapes"] = { y: [1] }): NodeState => ({
  shapes,
  parameters,
  frozen: 0,
  flops: 0,
  memory: 0,
  seconds: 0,
});

function canvas(): Store {
  const nodes = [
    newNode("in", "Input"),
    newNode("conv", "Conv2d"),
    newNode("relu", "ReLU"),
    newNode("out", "Output"),
    newNode("broken", "Linear"),
  ];
  const drawn = { ...experiment(), graph: { nodes, edges: [] } };
  const kernel = new FakeKernel(drawn);
  kernel.traits.analysis = analysis(1, {
    nodes: { conv: state(9), relu: state(0), broken: state(0, {}) },
  });
  return createCanvasStore(kernel);
}

const ALL = ["in", "conv", "relu", "out"];

describe("what a flag means nothing for does not get it", () => {
  test("ends are not bypassed, and only what has weights is frozen", () => {
    expect(bearers(canvas().getState(), ALL, "bypassed")).toEqual(["conv", "relu"]);
    expect(bearers(canvas().getState(), ALL, "frozen")).toEqual(["conv"]);
  });

  test("what is not known to have none may be frozen, and a flag from elsewhere can be taken away", () => {
    const store = canvas();
    expect(bearers(store.getState(), ["broken"], "frozen")).toEqual(["broken"]);
    const { edit } = store.getState();
    edit((view) => ({
      ...view,
      graph: {
        ...view.graph,
        nodes: view.graph.nodes.map((node) => ({ ...node, frozen: node.id === "out" })),
      },
    }));
    expect(bearers(store.getState(), ["out"], "frozen")).toEqual(["out"]);
    store.getState().select(["out"]);
    flag({ store }, "frozen");
    expect(store.getState().view.graph.nodes.some((node) => node.frozen)).toBe(false);
  });

  test("a key says why it does nothing", () => {
    const store = canvas();
    store.getState().select(["out"]);
    const before = store.getState().document;
    for (const press of [
      () => flag({ store }, "bypassed"),
      () => flag({ store }, "frozen"),
      () => duplicate({ store }),
    ]) {
      store.getState().notify(null);
      expect(press()).toBe(true);
      expect(store.getState().notice?.kind).toBe("info");
    }
    expect(store.getState().document).toBe(before);
  });

  test("of a selection with ends only the rest is doubled", () => {
    const store = canvas();
    store.getState().select(ALL);
    duplicate({ store });
    expect(store.getState().view.graph.nodes.map((node) => node.block)).toEqual([
      "Input",
      "Conv2d",
      "ReLU",
      "Output",
      "Linear",
      "Conv2d",
      "ReLU",
    ]);
  });
});
