import { describe, expect, test } from "vitest";
import { align } from "../src/align";
import { aim, type Carried, MOVED, NEW, NONE, type Scene } from "../src/canvas/aim";
import { fitsAt } from "../src/canvas/fits";
import { putDown } from "../src/canvas/gestures";
import { find } from "../src/canvas/search";
import { haveFlag, switchFlag } from "../src/flags";
import { addNote, removeNotes, setNote } from "../src/notes";
import { tidy } from "../src/parts/layout";
import { GAP, WIDTH } from "../src/place";
import type { Experiment } from "../src/protocol";
import { BLOCKS, block, edge, experiment } from "./samples";

const ENTRIES = Object.values(BLOCKS);
const CHAIN: Experiment = {
  ...experiment(["input1:Input", "a", "b", "loose:ReLU"], ["input1>a", "a>b"]),
  layout: { input1: [0, 0], a: [0, 80], b: [0, 190], loose: [600, 40] },
};
const HEIGHTS = new Map([
  ["input1", 37],
  ["a", 70],
  ["b", 70],
  ["loose", 37],
]);
const SCENE: Scene = { document: CHAIN, entries: ENTRIES, heights: HEIGHTS, steps: [] };

function card(x: number, y: number, more: Partial<Carried> = {}): Carried {
  return { id: null, entry: BLOCKS.ReLU, x, y, height: 37, ...more };
}

describe("where a card would go", () => {
  test("right below a loose end it joins, in the column", () => {
    expect(aim(SCENE, card(40, 310), NEW)).toMatchObject({ above: "b", onto: null, at: [0, 300] });
  });

  test("right below the last card it does not go into the connection above that", () => {
    expect(aim(SCENE, card(30, 262), NEW)).toMatchObject({ above: "b", onto: null });
  });

  test("between two connected cards it goes into their connection", () => {
    expect(aim(SCENE, card(50, 152), NEW).onto).toEqual(edge("a>b"));
    expect(aim(SCENE, card(50, 152), MOVED).onto).toBe(null);
    expect(aim(SCENE, card(10, 152), MOVED).onto).toEqual(edge("a>b"));
  });

  test("a card that is there joins by a free port, from below and from above", () => {
    const moved = { id: "loose", entry: BLOCKS.ReLU };
    expect(aim(SCENE, card(8, 305, moved), MOVED)).toMatchObject({ above: "b", below: null });
    const scene = { ...SCENE, document: { ...CHAIN, graph: { ...CHAIN.graph, edges: [edge("a>b")] } } };
    expect(aim(scene, card(8, 25, moved), MOVED)).toMatchObject({ above: "input1", below: "a" });
  });

  test("a card with a connection keeps it", () => {
    const taken = aim(SCENE, card(600, 90, { id: "b", entry: BLOCKS.Conv2d, height: 70 }), MOVED);
    expect(taken).toMatchObject({ above: null, below: null, onto: null });
  });

  test("columns attract only who comes near, and several cards join nothing", () => {
    expect(aim(SCENE, card(590, 400), NONE)).toMatchObject({ at: [600, 400], above: null });
    expect(aim(SCENE, card(570, 400), NONE)).toMatchObject({ at: [570, 400], guide: null });
    expect(aim(SCENE, card(5, 310), NONE).above).toBe(null);
  });

  test("under a card that shows a problem it stands where the card will end", () => {
    const tall = new Map(HEIGHTS).set("b", 150);
    const found = aim({ ...SCENE, heights: tall }, card(20, 345), NEW);
    expect(found.above).toBe("b");
    const { document } = { document: CHAIN };
    const next = putDown(document, ENTRIES, "loose", found.at, found, HEIGHTS);
    expect(next.layout.loose).toEqual([0, 190 + 70 + GAP]);
    expect(next.graph.edges.at(-1)).toEqual(edge("b>loose"));
  });

  test("a connected card that goes into another connection leaves its own healed", () => {
    const long = {
      ...experiment(["a", "b:ReLU", "c", "d"], ["a>b", "b>c", "c>d"]),
      layout: CHAIN.layout,
    };
    const goal = { onto: edge("c>d"), above: null, below: null };
    const { edges } = putDown(long, ENTRIES, "b", [0, 0], goal, HEIGHTS).graph;
    expect(edges).toEqual([edge("a>c"), edge("c>b"), edge("b>d")]);
  });
});

describe("what fits a loose end", () => {
  const image = block("Pool", { fits: [{ takes: 3, gives: 3, least: 2 }] });
  const vector = block("Linear", { fits: [{ takes: 1, gives: 1, least: 1 }] });
  const flat = block("Flatten", { fits: [{ takes: 3, gives: 1, least: 1 }] });

  test("by the shape that leaves", () => {
    expect(fitsAt(image, { end: "source", shape: [8, 4, 4] })).toBe(true);
    expect(fitsAt(image, { end: "source", shape: [8, 1, 4] })).toBe(false);
    expect(fitsAt(vector, { end: "source", shape: [8, 4, 4] })).toBe(false);
    expect(fitsAt(vector, { end: "source", shape: undefined })).toBe(true);
    expect(fitsAt(BLOCKS.Input, { end: "source", shape: [8] })).toBe(false);
  });

  test("by what the other block takes", () => {
    expect(fitsAt(flat, { end: "target", goal: vector })).toBe(true);
    expect(fitsAt(image, { end: "target", goal: vector })).toBe(false);
    expect(fitsAt(BLOCKS.ReLU, { end: "target", goal: vector })).toBe(true);
    expect(fitsAt(BLOCKS.Output, { end: "target", goal: vector })).toBe(false);
  });
});

describe("search", () => {
  const pool = block("MaxPool2d", {
    keywords: ["downsample", "최대"],
    summary: { en: "Keeps the strongest value.", ko: "가장 큰 값만 남깁니다." },
  });
  const names = (text: string) => find([BLOCKS.Conv2d, BLOCKS.ReLU, pool], text, () => "").map((e) => e.name);

  test("by name, meaning, Korean, and letters left out", () => {
    expect(names("max")).toEqual(["MaxPool2d"]);
    expect(names("strongest")).toEqual(["MaxPool2d"]);
    expect(names("최대")).toEqual(["MaxPool2d"]);
    expect(names("mxpl")).toEqual(["MaxPool2d"]);
    expect(names("cnv")).toEqual(["Conv2d"]);
    expect(names("xyz")).toEqual([]);
  });
});

describe("tidying up", () => {
  test("a chain is one straight column, with its corner where it was", () => {
    const messy = {
      ...experiment(["a", "b", "c"], ["a>b", "b>c", "a>c"]),
      layout: { a: [300, 90], b: [20, 500], c: [77, 50] } as Experiment["layout"],
    };
    const places = { ...messy.layout, ...tidy(messy, null, { width: WIDTH, gap: GAP, heights: HEIGHTS }) };
    expect(Object.values(places).map(([x]) => x)).toEqual([20, 20, 20]);
    expect(places).toMatchObject({ a: [20, 50], b: [20, 50 + 70 + GAP] });
  });

  test("only what is chosen moves; a tidy network does not", () => {
    const measures = { width: WIDTH, gap: GAP, heights: HEIGHTS };
    const messy = {
      ...CHAIN,
      layout: { ...CHAIN.layout, a: [90, 100], b: [50, 300] } as Experiment["layout"],
    };
    expect(Object.keys(tidy(messy, ["a", "b"], measures)).sort()).toEqual(["a", "b"]);
    const places = { ...messy.layout, ...tidy(messy, null, measures) };
    expect(tidy({ ...messy, layout: places }, null, measures)).toEqual({});
  });

  test("branches stand side by side", () => {
    const split = {
      ...experiment(["a", "b", "c", "d:Add"], ["a>b", "a>c", "b>d", "c>d"]),
      layout: { a: [0, 0], b: [0, 0], c: [0, 0], d: [0, 0] } as Experiment["layout"],
    };
    const places = tidy(split, null, { width: WIDTH, gap: GAP, heights: HEIGHTS });
    expect(Math.abs((places.b?.[0] ?? 0) - (places.c?.[0] ?? 0))).toBeGreaterThanOrEqual(WIDTH + GAP);
  });
});

describe("aligning", () => {
  const loose = { ...CHAIN, layout: { input1: [10, 0], a: [0, 20], b: [90, 300] } as Experiment["layout"] };

  test("in a column no card lies on another", () => {
    expect(align(loose, ["input1", "a", "b"], "left", HEIGHTS).layout).toMatchObject({
      input1: [0, 0],
      a: [0, 37 + GAP / 2],
      b: [0, 300],
    });
    expect(align(loose, ["a", "b"], "right", HEIGHTS).layout).toMatchObject({ a: [90, 20], b: [90, 300] });
  });

  test("in a row likewise, and evenly", () => {
    expect(align(loose, ["a", "b"], "top", HEIGHTS).layout).toMatchObject({
      a: [0, 20],
      b: [WIDTH + GAP / 2, 20],
    });
    const spread = align(loose, ["input1", "a", "b"], "spread", HEIGHTS).layout;
    const [above, below] = [(spread.a?.[1] ?? 0) - 37, (spread.b?.[1] ?? 0) - (spread.a?.[1] ?? 0) - 70];
    expect(Math.abs(above - below)).toBeLessThanOrEqual(1);
  });
});

describe("flags and notes", () => {
  test("a flag is taken only where all have it", () => {
    const some = switchFlag(CHAIN, ["a"], "frozen");
    expect(haveFlag(some, ["a", "b"], "frozen")).toBe(false);
    const all = switchFlag(some, ["a", "b"], "frozen");
    expect(haveFlag(all, ["a", "b"], "frozen")).toBe(true);
    expect(switchFlag(all, ["a", "b"], "frozen").graph).toEqual(CHAIN.graph);
  });

  test("what changes nothing is no change", () => {
    const noted = addNote(CHAIN, [1.4, 2]);
    expect(noted.notes[0]).toMatchObject({ id: "note1", x: 1, text: "" });
    expect(setNote(noted, "note1", { x: 1 })).toBe(noted);
    expect(removeNotes(noted, ["other"])).toBe(noted);
    expect(removeNotes(noted, ["note1"]).notes).toEqual([]);
  });
});
