import { describe, expect, test } from "vitest";
import * as edits from "../src/document";
import { begin, record, redo, undo } from "../src/history";
import type { BlockEntry, Experiment } from "../src/protocol";
import { BLOCKS, experiment } from "./samples";

/** Pseudo-random numbers that are the same on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

function anyEdit(document: Experiment, next: (below: number) => number): Experiment {
  const { nodes, edges } = document.graph;
  const blocks: BlockEntry[] = Object.values(BLOCKS);
  const entry = blocks[next(blocks.length)] ?? BLOCKS.ReLU;
  const node = nodes[next(nodes.length)];
  const other = nodes[next(nodes.length)];
  const edge = edges[next(edges.length)];
  switch (next(9)) {
    case 0:
      return edits.addNode(document, entry, [next(500), next(500)]).document;
    case 1:
      return edge ? edits.insertOnEdge(document, entry, edge).document : document;
    case 2:
      return node ? edits.removeNodes(document, [node.id]) : document;
    case 3:
      return node && other
        ? edits.connect(document, { source: node.id, source_port: "y", target: other.id, target_port: "x" })
        : document;
    case 4:
      return edge ? edits.disconnect(document, [edge]) : document;
    case 5:
      return node
        ? edits.setParam(document, node.id, "out_channels", next(64) + 1, BLOCKS.Conv2d.params)
        : document;
    case 6:
      return node ? edits.place(document, { [node.id]: [next(500), next(500)] }) : document;
    case 7:
      return node ? edits.duplicateNodes(document, [node.id]).document : document;
    default:
      return edits.setRecipe(document, "seed", next(1000));
  }
}

describe("history", () => {
  test.each([1, 2, 3])("500 random edits can all be taken back and made again (walk %i)", (seed) => {
    const next = random(seed);
    const first = experiment(["input1:Input", "output1:Output"], ["input1>output1"]);
    let history = begin(first);
    for (let count = 0; count < 500; count += 1) {
      history = record(history, anyEdit(history.present, next), null, count);
    }
    const seen = [...history.past.map((moment) => moment.document), history.present];
    const copies = structuredClone(seen);
    for (let at = seen.length - 1; at >= 0; at -= 1) {
      expect(history.present).toEqual(copies[at]);
      history = undo(history);
    }
    expect(history.present).toBe(first);
    expect(undo(history)).toBe(history);
    for (const copy of copies) {
      expect(history.present).toEqual(copy);
      history = redo(history);
    }
    expect(redo(history)).toBe(history);
  });

  test("what does not change is no step", () => {
    const history = begin(experiment());
    expect(record(history, history.present, null, 0)).toBe(history);
  });

  test("typing into one field is one step, until there is a pause or another field", () => {
    const seeds = (history: ReturnType<typeof begin>, seed: number, merge: string, now: number) =>
      record(history, edits.setRecipe(history.present, "seed", seed), merge, now);
    let history = begin(experiment());
    history = seeds(history, 1, "seed", 1000);
    history = seeds(history, 12, "seed", 1300);
    history = seeds(history, 123, "seed", 1600);
    expect(history.past).toHaveLength(1);
    expect(undo(history).present.recipe.seed).toBe(0);
    expect(seeds(history, 4, "other", 1700).past).toHaveLength(2);
    expect(seeds(history, 4, "seed", 9000).past).toHaveLength(2);
    expect(seeds(undo(history), 4, "seed", 1700).past).toHaveLength(1);
  });

  test("a change after an undo forgets what was taken back", () => {
    let history = record(begin(experiment()), experiment(["a"]), null, 0);
    history = record(undo(history), experiment(["b"]), null, 1);
    expect(history.future).toEqual([]);
  });
});
