import { describe, expect, test } from "vitest";
import { drawn, meant, spread, taller } from "../src/canvas/grownCards";
import type { Position } from "../src/document";
import { CATALOGUE, experiment } from "./samples";

function placed(layout: Record<string, Position>) {
  return { ...experiment(Object.keys(layout)), layout };
}

const tower = placed({ a: [0, 0], b: [0, 100], c: [0, 200] });
const heights = new Map([
  ["a", 150],
  ["b", 60],
  ["c", 60],
]);

describe("a card that shows a problem", () => {
  test("moves what stands below it, and nothing else", () => {
    const steps = spread(tower, heights, new Set(["a"]));
    expect(["a", "b", "c"].map((id) => drawn(steps, tower.layout[id]?.[1] ?? 0))).toEqual([0, 178, 278]);
  });

  test("moves nothing where there is room, or where nothing is wrong", () => {
    expect(spread(tower, heights, new Set(["b"]))).toEqual([]);
    expect(spread(tower, heights, new Set())).toEqual([]);
  });

  test("shares the room with a neighbour in the same row", () => {
    const wide = placed({ a: [0, 0], b: [300, 0], c: [0, 100], d: [300, 100] });
    const tall = new Map([...heights, ["b", 120]]);
    const steps = spread(wide, tall, new Set(["a", "b"]));
    expect(drawn(steps, 100)).toBe(178);
  });

  test("two of them in a column each get their room", () => {
    const tall = new Map([...heights, ["b", 150]]);
    const steps = spread(tower, tall, new Set(["a", "b"]));
    expect([0, 100, 200].map((y) => drawn(steps, y))).toEqual([0, 178, 356]);
  });

  test("what is put down where it is drawn comes to rest there", () => {
    const steps = spread(tower, heights, new Set(["a"]));
    for (const y of [-50, 0, 99, 100, 150, 200, 900]) expect(meant(steps, drawn(steps, y))).toBe(y);
    expect(meant(steps, 140)).toBe(99);
  });
});

test("a card that shows more settings than a new one has grown", () => {
  const document = experiment(["conv1:Conv2d", "conv2:Conv2d"]);
  const [one, other] = document.graph.nodes;
  if (!one || !other) throw new Error("two nodes were made");
  const [entry] = CATALOGUE.blocks.filter((each) => each.name === "Conv2d");
  const [param] = entry?.params ?? [];
  if (!entry || !param) throw new Error("Conv2d has settings");
  const params = [param, { ...param, name: "dilation", primary: false }];
  const primary = { out_channels: 64 };
  const nodes = [
    { ...one, params: { ...primary, dilation: 2 } },
    { ...other, params: primary },
  ];
  const changed = { ...document, graph: { ...document.graph, nodes } };
  expect(taller(changed, [{ ...entry, params }])).toEqual(["conv1"]);
});
