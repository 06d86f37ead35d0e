import type { Node as FlowNode } from "@xyflow/react";
import { expect, test } from "vitest";
import { learned, likely } from "../src/canvas/largeNetwork";
import type { BlockEntry } from "../src/protocol";
import { CATALOGUE } from "./samples";

const entry = CATALOGUE.blocks.find((each) => each.name === "Conv2d") as BlockEntry;
const node = { id: "conv1", block: "Conv2d", params: {} };

test("a card that was not drawn has a size, and ports at its ends", () => {
  const known = likely(node as never, entry, new Map([["conv1", 90]]));
  expect(known.measured).toEqual({ width: 208, height: 90 });
  expect(known.handles?.map((port) => [port.type, port.id, port.y])).toEqual([
    ["target", "x", 0],
    ["source", "y", 88],
  ]);
});

test("ports side by side are where the card draws them", () => {
  const [one] = entry.inputs;
  if (!one) throw new Error("Conv2d has an input");
  const two = { ...entry, inputs: [one, { ...one, name: "second" }] };
  const { handles } = likely(node as never, two, new Map());
  // At a third and at two thirds of the card; at half of it where there is one.
  expect(handles?.map((port) => port.x + (port.width ?? 0) / 2)).toEqual([208 / 3, (2 * 208) / 3, 104]);
});

test("a block that the catalogue does not know has no ports", () => {
  expect(likely(node as never, undefined, new Map()).handles).toEqual([]);
});

test("what was likely is forgotten once the true size has come, and only then", () => {
  const made = (id: string): FlowNode => ({
    id,
    position: { x: 0, y: 0 },
    data: {},
    ...likely(node as never, entry, new Map()),
  });
  const nodes = [made("a"), made("b")];
  const changed = learned(nodes, [{ id: "a", type: "dimensions", dimensions: { width: 208, height: 80 } }]);
  expect(changed[0]?.handles).toBeUndefined();
  expect(changed[1]).toBe(nodes[1]);
  expect(learned(nodes, [{ id: "a", type: "select", selected: true }])).toBe(nodes);
});
