/** Names and sizes that only a stranger would choose: shown as text, and never in the way. */

import { act, render, screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { App } from "../src/canvas/App";
import { newNode, own } from "../src/document";
import { settle } from "../src/place";
import type { Edge, Experiment, Node } from "../src/protocol";
import { createCanvasStore } from "../src/store";
import { experiment, FakeKernel } from "./samples";
import "./render";

/** What every object has without having been given it. */
const INHERITED = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

function strange(): Experiment {
  const nodes: Node[] = INHERITED.map((id) => newNode(id, "ReLU"));
  const edges: Edge[] = INHERITED.slice(1).map((target, at) => ({
    source: INHERITED[at] ?? "",
    source_port: INHERITED[at + 1] ?? "",
    target,
    target_port: "x",
  }));
  return { ...experiment([]), graph: { nodes, edges } };
}

describe("names that every object inherits", () => {
  test("are no entries", () => {
    expect(own({ a: 1 }, "a")).toBe(1);
    for (const name of INHERITED) expect(own<unknown>({}, name)).toBeUndefined();
  });

  test("get a place each, and keep it", () => {
    const placed = settle(strange(), new Map());
    expect(Object.keys(placed.layout).sort()).toEqual([...INHERITED].sort());
    expect(settle(placed, new Map())).toBe(placed);
  });

  test("are drawn like any other", () => {
    const kernel = new FakeKernel();
    kernel.traits.experiment = { revision: 1, document: strange() };
    render(<App store={createCanvasStore(kernel)} />);
    for (const name of INHERITED)
      expect(screen.getByTestId(`blockml-node-${name}`).textContent).toContain(name);
  });
});

test("a block that nobody knows keeps its connections, and what the file says of it is read", () => {
  const known = experiment(
    ["input1:Input", "new1:Newest", "output1:Output"],
    ["input1>new1", "new1>output1"],
  );
  const nodes = known.graph.nodes.map((node) =>
    node.id === "new1" ? { ...node, params: { heads: 8 } } : node,
  );
  const kernel = new FakeKernel();
  kernel.traits.experiment = { revision: 1, document: { ...known, graph: { ...known.graph, nodes } } };
  const store = createCanvasStore(kernel);
  render(<App store={store} />);
  const card = screen.getByTestId("blockml-node-new1");
  expect([...card.querySelectorAll(".bm-port")].map((port) => port.getAttribute("data-handleid"))).toEqual([
    "x",
    "y",
  ]);
  act(() => store.getState().select(["new1"]));
  expect(screen.getByText("heads").nextElementSibling?.textContent).toBe("8");
});

test("five thousand branches are placed at once, side by side", () => {
  const many = Array.from({ length: 5000 }, (_, at) => `b${at}`);
  const document = experiment(
    ["input1:Input", ...many],
    many.map((id) => `input1>${id}`),
  );
  const started = performance.now();
  const { layout } = settle(document, new Map());
  expect(performance.now() - started).toBeLessThan(5000);
  expect(new Set(Object.values(layout).map(([x]) => x)).size).toBe(5000);
});
