import { describe, expect, test } from "vitest";
import type { Goal } from "../src/canvas/aim";
import { addAtEnd, dropAt } from "../src/canvas/gestures";
import { BARE_HEIGHT, GAP, WIDTH } from "../src/place";
import type { Experiment } from "../src/protocol";
import { BLOCKS, edge, experiment } from "./samples";

const ENTRIES = Object.values(BLOCKS);
const CHAIN: Experiment = {
  ...experiment(["input1:Input", "a", "b", "output1:Output"], ["input1>a", "a>b", "b>output1"]),
  layout: { input1: [0, 0], a: [0, 80], b: [0, 190], output1: [0, 300] },
};
const FREE: Goal = { onto: null, above: null, below: null };
const HEIGHTS = new Map([
  ["input1", 37],
  ["a", 70],
  ["b", 70],
  ["output1", 37],
]);

function overlaps({ graph, layout }: Experiment): string[] {
  const boxes = graph.nodes.map(({ id }) => ({
    id,
    at: layout[id] ?? [0, 0],
    height: HEIGHTS.get(id) ?? BARE_HEIGHT,
  }));
  return boxes.flatMap((one, index) =>
    boxes.slice(index + 1).flatMap((other) => {
      const [x, y] = [Math.abs(one.at[0] - other.at[0]), other.at[1] - one.at[1]];
      return x < WIDTH && y < one.height && -y < other.height ? [`${one.id} ${other.id}`] : [];
    }),
  );
}

describe("a block that is dropped onto cards", () => {
  test("covers none of them, wherever it falls", () => {
    for (let y = -120; y < 400; y += 7) {
      for (const x of [-200, -60, 0, 150, 300]) {
        const { document, id } = dropAt(CHAIN, ENTRIES, BLOCKS.ReLU, [x, y], FREE, HEIGHTS);
        expect(overlaps(document), `${x} ${y}`).toEqual([]);
        expect(document.layout[id]?.[0]).toBe(x);
      }
    }
  });

  test("goes under the card that it lies on, and what is below gives way", () => {
    const { document } = dropAt(CHAIN, ENTRIES, BLOCKS.ReLU, [10, 100], FREE, HEIGHTS);
    expect(document.layout).toEqual({
      input1: [0, 0],
      a: [0, 80],
      relu1: [10, 190],
      b: [0, 267],
      output1: [0, 377],
    });
  });

  test("moves nothing where there is room", () => {
    const { document } = dropAt(CHAIN, ENTRIES, BLOCKS.ReLU, [300, 100], FREE, HEIGHTS);
    expect(document.layout).toEqual({ ...CHAIN.layout, relu1: [300, 100] });
  });

  test("stands aside on a connection that passes other cards", () => {
    const skip = edge("input1>output1");
    const round = { ...CHAIN, graph: { ...CHAIN.graph, edges: [...CHAIN.graph.edges, skip] } };
    const { document, id } = dropAt(round, ENTRIES, BLOCKS.ReLU, [0, 150], { ...FREE, onto: skip }, HEIGHTS);
    expect(overlaps(document)).toEqual([]);
    expect(document.layout[id]?.[0]).toBeGreaterThanOrEqual(WIDTH);
  });

  test("leaves no more room below on a connection than its height needs, which nobody has measured yet", () => {
    const goal = { ...FREE, onto: edge("a>b") };
    const { document } = dropAt(CHAIN, ENTRIES, BLOCKS.ReLU, [0, 150], goal, HEIGHTS);
    expect(document.layout.relu1).toEqual([0, 190]);
    expect(document.layout.b).toEqual([0, 190 + BARE_HEIGHT + GAP]);
  });

  test("inserting by a click still stays in the column", () => {
    const { document, id } = addAtEnd(CHAIN, ENTRIES, BLOCKS.ReLU, "a", HEIGHTS);
    expect(document.layout[id]?.[0]).toBe(0);
    expect(overlaps(document)).toEqual([]);
  });
});
