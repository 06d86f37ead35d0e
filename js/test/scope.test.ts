import { describe, expect, test } from "vitest";
import * as edits from "../src/document";
import { settleAll } from "../src/place";
import type { Experiment, Note } from "../src/protocol";
import { difference, existing, inside, pathOf, placeOf, withInside } from "../src/scope";
import { BLOCKS, edge, experiment, node } from "./samples";

/** A group that holds the given nodes between its ports. */
function group(id: string, nodes: (string | ReturnType<typeof node>)[], edges: string[] = []) {
  const inner = nodes.map((each) => (typeof each === "string" ? node(each) : each));
  return edits.newNode(id, "Group", { graph: { nodes: inner, edges: edges.map(edge) } });
}

function note(id: string, scope: string): Note {
  return { id, text: id, x: 0, y: 0, width: 200, height: 120, color: "yellow", scope };
}

/** `stage` holds `block`, which holds `conv1`; beside it stand nodes of the same ids. */
function nested(): Experiment {
  const block = group("block", ["x:GroupInput", "conv1", "y:GroupOutput"], ["x>conv1", "conv1>y"]);
  const stage = group("stage", ["x:GroupInput", block, "conv1", "y:GroupOutput"], ["x>block", "block>y"]);
  const top = experiment(["input1:Input", "conv1", "output1:Output"], ["input1>stage", "stage>output1"]);
  return {
    ...top,
    graph: { ...top.graph, nodes: [...top.graph.nodes, stage] },
    layout: {
      input1: [0, 0],
      stage: [0, 100],
      "stage/block": [5, 5],
      "stage/block/conv1": [7, 7],
      "stage/conv1": [6, 6],
      stagecoach: [1, 1],
    },
    notes: [note("a", ""), note("b", "stage"), note("c", ""), note("d", "stage/block"), note("e", "stage")],
  };
}

describe("seeing inside", () => {
  test("paths are made and taken apart", () => {
    expect(pathOf([], "conv1")).toBe("conv1");
    expect(pathOf(["stage", "block"], "conv1")).toBe("stage/block/conv1");
    expect(placeOf("stage/block/conv1")).toEqual({ scope: ["stage", "block"], id: "conv1" });
    expect(placeOf("conv1")).toEqual({ scope: [], id: "conv1" });
  });

  test("a group is seen with plain ids; what stands deeper is named from it", () => {
    const view = inside(nested(), ["stage"]);
    expect(view.graph.nodes.map((each) => each.id)).toEqual(["x", "block", "conv1", "y"]);
    expect(view.layout).toEqual({ block: [5, 5], "block/conv1": [7, 7], conv1: [6, 6] });
    expect(view.notes.map((each) => [each.id, each.scope])).toEqual([
      ["b", ""],
      ["d", "block"],
      ["e", ""],
    ]);
    expect(inside(nested(), ["stage", "block"]).layout).toEqual({ conv1: [7, 7] });
  });

  test("the top is the document itself", () => {
    const document = nested();
    expect(inside(document, [])).toBe(document);
  });

  test("of a scope that is not there the part counts that is", () => {
    const document = nested();
    expect(existing(document, ["stage", "gone"])).toEqual(["stage"]);
    expect(existing(document, ["conv1"])).toEqual([]);
    const scope = ["stage", "block"];
    expect(existing(document, scope)).toBe(scope);
    expect(inside(document, ["gone"])).toBe(document);
  });

  test("only a group is opened, whatever another block carries", () => {
    const document = experiment([]);
    const odd = { ...node("conv1"), graph: { nodes: [node("a")], edges: [] } };
    expect(existing({ ...document, graph: { nodes: [odd], edges: [] } }, ["conv1"])).toEqual([]);
  });
});

describe("putting back", () => {
  test("what was not changed is as it was", () => {
    for (const scope of [[], ["stage"], ["stage", "block"]]) {
      const document = nested();
      expect(withInside(document, scope, inside(document, scope))).toEqual(document);
    }
  });

  test("what was changed is seen, and nothing else is touched", () => {
    const document = nested();
    const view = edits.addNode(inside(document, ["stage", "block"]), BLOCKS.ReLU, [9, 9]).document;
    const next = withInside(document, ["stage", "block"], view);
    expect(inside(next, ["stage", "block"])).toEqual(view);
    expect(next.layout["stage/block/relu1"]).toEqual([9, 9]);
    expect(next.graph.nodes[0]).toBe(document.graph.nodes[0]);
    expect(next.notes).toEqual(document.notes);
  });

  test("the recipe is the same from everywhere", () => {
    const document = nested();
    const next = withInside(document, ["stage"], edits.setRecipe(inside(document, ["stage"]), "seed", 7));
    expect(next.recipe.seed).toBe(7);
    expect(next.graph).toEqual(document.graph);
  });
});

describe("changes of groups", () => {
  test("a new id moves all that is inside", () => {
    const next = edits.renameNode(nested(), "stage", "__proto__");
    expect(inside(next, ["__proto__"])).toEqual({
      ...inside(nested(), ["stage"]),
    });
    expect(Object.keys(next.layout)).toContain("stagecoach");
  });

  test("removing takes what is inside along", () => {
    const next = edits.removeNodes(nested(), ["stage"]);
    expect(Object.keys(next.layout)).toEqual(["input1", "stagecoach"]);
    expect(next.notes.map((each) => each.id)).toEqual(["a", "c"]);
  });

  test("a copy holds copies of all that is inside", () => {
    const { document, ids } = edits.duplicateNodes(nested(), ["stage"]);
    const copy = inside(document, ids);
    const first = inside(document, ["stage"]);
    expect(copy.graph).toEqual(first.graph);
    expect(copy.layout).toEqual(first.layout);
    expect(copy.notes.map((each) => each.text)).toEqual(["b", "d", "e"]);
    expect(new Set(document.notes.map((each) => each.id)).size).toBe(document.notes.length);
  });

  test("nodes without a place get one at every depth, and moving one moves no other", () => {
    const heights = new Map<string, number>();
    const placed = settleAll({ ...nested(), layout: { stage: [0, 100] } }, () => heights);
    for (const scope of [[], ["stage"], ["stage", "block"]]) {
      const { graph, layout } = inside(placed, scope);
      for (const { id } of graph.nodes) expect(layout[id]).toBeDefined();
    }
    expect(placed.layout.stage).toEqual([0, 100]);
    expect(settleAll(placed, () => heights)).toBe(placed);
  });
});

describe("where a change is seen", () => {
  const document = nested();
  const at = (scope: string[], change: (view: Experiment) => Experiment) =>
    difference(document, withInside(document, scope, change(inside(document, scope))));

  test.each([
    ["a place deep inside", ["stage", "block"], (view) => edits.place(view, { conv1: [1, 1] })],
    ["a new node", ["stage"], (view) => edits.addNode(view, BLOCKS.ReLU, [1, 1]).document],
    ["a parameter", ["stage", "block"], (view) => edits.setParam(view, "conv1", "out_channels", 4, [])],
    ["a node that goes", [], (view) => edits.removeNodes(view, ["stage"])],
    ["a new name", [], (view) => edits.renameNode(view, "stage", "other")],
    ["a note", ["stage"], (view) => edits.withNotes(view, [note("new", "")])],
  ] as [string, string[], (view: Experiment) => Experiment][])("%s", (_, scope, change) => {
    expect(at(scope, change)).toEqual(scope);
  });

  test("two places: what holds both", () => {
    const inner = edits.place(document, { "stage/block/conv1": [1, 1], "stage/conv1": [1, 1] });
    expect(difference(document, inner)).toEqual(["stage"]);
  });

  test("the recipe is not on the canvas", () => {
    expect(difference(document, edits.setRecipe(document, "seed", 4))).toBeNull();
    expect(difference(document, structuredClone(document))).toBeNull();
  });
});
