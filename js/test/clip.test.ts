import { describe, expect, test } from "vitest";
import { clipText } from "../src/clip";
import { addNote } from "../src/notes";
import { type Clip, paste, readClip } from "../src/parts/clip";
import type { Experiment } from "../src/protocol";
import { CATALOGUE, experiment } from "./samples";

const ENTRIES = CATALOGUE.blocks;
const HEIGHTS = new Map<string, number>();
const CHAIN: Experiment = {
  ...experiment(["input1:Input", "a1", "b1:ReLU", "output1:Output"], ["input1>a1", "a1>b1", "b1>output1"]),
  layout: { input1: [0, 0], a1: [0, 80], b1: [0, 190], output1: [0, 300] },
};

function read(text: string): Clip {
  const clip = readClip(text);
  if (typeof clip === "string") throw new Error(clip);
  return clip;
}

describe("copy and paste", () => {
  test("copies have names of their own, their connections, and stand aside", () => {
    const { document, ids } = paste(
      CHAIN,
      read(clipText(CHAIN, ["a1", "b1"], [])),
      ENTRIES,
      HEIGHTS,
      null,
      false,
      false,
    );
    expect(ids).toEqual(["a2", "b2"]);
    expect(document.graph.edges.slice(3)).toEqual([
      { source: "a2", source_port: "y", target: "b2", target_port: "x" },
    ]);
    expect(document.layout.a2).toEqual([240, 80]);
    expect(document.layout.b2).toEqual([240, 190]);
  });

  test("with incoming connections they take what the originals took", () => {
    const clip = read(clipText(CHAIN, ["b1"], []));
    const linked = paste(CHAIN, clip, ENTRIES, HEIGHTS, [900, 40], true, false).document;
    expect(linked.graph.edges.at(-1)).toMatchObject({ source: "a1", target: "b2" });
    expect(linked.layout.b2).toEqual([796, 40]);
    const alone = paste(CHAIN, clip, ENTRIES, HEIGHTS, null, false, false).document;
    expect(alone.graph.edges).toEqual(CHAIN.graph.edges);
  });

  test("a whole network goes between the ends of an empty canvas", () => {
    const empty = { ...experiment(["in9:Input", "out9:Output"]), layout: {} };
    const clip = read(clipText(CHAIN, ["input1", "a1", "b1", "output1"], []));
    const { document } = paste(empty, clip, ENTRIES, HEIGHTS, null, false, false);
    expect(document.graph.nodes.map((node) => node.id)).toEqual(["in9", "out9", "a1", "b1"]);
    expect(document.graph.edges.map((edge) => `${edge.source}>${edge.target}`)).toEqual([
      "in9>a1",
      "a1>b1",
      "b1>out9",
    ]);
  });

  test("ends that are in use keep their connections", () => {
    const clip = read(clipText(CHAIN, ["input1", "a1", "b1", "output1"], []));
    const { document } = paste(CHAIN, clip, ENTRIES, HEIGHTS, null, false, false);
    expect(document.graph.edges.slice(3).map((edge) => `${edge.source}>${edge.target}`)).toEqual(["a2>b2"]);
  });

  test("notes come along", () => {
    const noted = addNote(CHAIN, [10, 20]);
    const text = clipText(noted, [], ["note1"]);
    const { document, notes } = paste(noted, read(text), ENTRIES, HEIGHTS, null, false, false);
    expect(notes).toEqual(["note2"]);
    expect(document.notes).toHaveLength(2);
  });

  test("a group comes with what is in it", () => {
    const inner = experiment(["x:GroupInput", "c1", "y:GroupOutput"], ["x>c1", "c1>y"]).graph;
    const group = { ...experiment(["g1:Group"]).graph.nodes[0], id: "g1", graph: inner, repeat: 3 };
    const document = {
      ...CHAIN,
      graph: { ...CHAIN.graph, nodes: [...CHAIN.graph.nodes, group as Experiment["graph"]["nodes"][number]] },
      layout: { ...CHAIN.layout, g1: [500, 0] as [number, number], "g1/c1": [7, 8] as [number, number] },
    };
    const pasted = paste(
      document,
      read(clipText(document, ["g1"], [])),
      ENTRIES,
      HEIGHTS,
      null,
      false,
      false,
    );
    expect(pasted.ids).toEqual(["g2"]);
    expect(pasted.document.graph.nodes.at(-1)).toMatchObject({ repeat: 3, graph: { nodes: inner.nodes } });
    expect(pasted.document.layout["g2/c1"]).toEqual([7, 8]);
  });

  test("the ports of a group stay behind where no group is", () => {
    const inner = experiment(["x1:GroupInput", "a1", "y1:GroupOutput"], ["x1>a1", "a1>y1"]);
    const clip = read(clipText(inner, ["x1", "a1", "y1"], []));
    const outside = paste(CHAIN, clip, ENTRIES, HEIGHTS, null, false, false);
    expect(outside.ids).toEqual(["a2"]);
    expect(outside.document.graph.edges).toEqual(CHAIN.graph.edges);
    expect(paste(inner, clip, ENTRIES, HEIGHTS, null, false, true).ids).toEqual(["x2", "a2", "y2"]);
  });

  test("the text is readable, and the text of a file pastes too", () => {
    const text = clipText(CHAIN, ["a1", "b1"], []);
    expect(text.split("\n").filter((line) => line.includes('"block"'))).toHaveLength(2);
    expect(text).not.toContain("frozen");
    expect(readClip(JSON.stringify(CHAIN))).toMatchObject({ nodes: [{}, {}, {}, {}] });
  });
});

describe("text from anybody", () => {
  const node = { id: "a", block: "ReLU", params: {} };
  const text = (graph: object, more: object = {}): string => JSON.stringify({ blockml: 1, graph, ...more });

  test.each([
    ["words", "ui.edit.paste_other"],
    ["", "ui.edit.paste_other"],
    ["{ not json", "ui.edit.paste_other"],
    ['{"a": 1}', "ui.edit.paste_other"],
    ["[1, 2]", "ui.edit.paste_other"],
    ['{"blockml": 2, "graph": {"nodes": [], "edges": []}}', "ui.edit.paste_broken"],
    [text({ nodes: [], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [node, node], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, id: "a/b" }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, id: "x".repeat(201) }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, params: [1] }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, repeat: 1e9 }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [node], edges: [{ source: 1 }] }), "ui.edit.paste_broken"],
    [text({ nodes: [node], edges: [] }).replace("{}", '{"a": 1e999}'), "ui.edit.paste_broken"],
    [text({ nodes: [node], edges: [] }, { notes: [{ text: 5 }] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, id: "half\ud800" }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, title: "\udfff" }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [{ ...node, params: { a: [{ "\ud800": 1 }] } }], edges: [] }), "ui.edit.paste_broken"],
    [text({ nodes: [node], edges: [] }, { notes: [{ text: "\ud83d" }] }), "ui.edit.paste_broken"],
    [
      text({ nodes: Array.from({ length: 1001 }, (_, at) => ({ ...node, id: `a${at}` })), edges: [] }),
      "ui.edit.paste_large",
    ],
    [`{"blockml": 1, "x": "${"y".repeat(1_000_001)}"}`, "ui.edit.paste_large"],
  ])("%.60s is refused: %s", (found, refusal) => {
    expect(readClip(found)).toBe(refusal);
  });

  test("groups without end are refused", () => {
    let graph: object = { nodes: [node], edges: [] };
    for (let depth = 0; depth < 20; depth += 1)
      graph = { nodes: [{ id: "g", block: "Group", params: {}, graph }], edges: [] };
    expect(readClip(text(graph))).toBe("ui.edit.paste_broken");
  });

  test("what the page does not know is left out, and hostile names become plain ones", () => {
    const hostile = text({
      nodes: [{ id: "<img src=x>", block: "<b>", params: { ["__proto__"]: 1 }, evil: "code" }],
      edges: [{ source: "nowhere", target: "<img src=x>", evil: 1 }],
    });
    const { document, ids } = paste(CHAIN, read(hostile), ENTRIES, HEIGHTS, null, true, false);
    expect(ids).toEqual(["block1"]);
    expect(document.graph.nodes.at(-1)).not.toHaveProperty("evil");
    expect(document.graph.edges).toEqual(CHAIN.graph.edges);
  });

  test("places off the map are forgotten", () => {
    const far = text({ nodes: [node], edges: [] }, { layout: { a: [1e300, 0] } });
    expect(read(far).layout.size).toBe(0);
  });
});
