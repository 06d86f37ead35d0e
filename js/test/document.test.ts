import { describe, expect, test } from "vitest";
import * as edits from "../src/document";
import { addNote } from "../src/notes";
import type { Experiment } from "../src/protocol";
import { BLOCKS, edge, experiment } from "./samples";

const chain = () =>
  experiment(
    ["input1:Input", "conv1", "relu1:ReLU", "output1:Output"],
    ["input1>conv1", "conv1>relu1", "relu1>output1"],
  );

function edgesOf(document: ReturnType<typeof chain>): string[] {
  return document.graph.edges.map(
    (each) => `${each.source}>${each.target}${each.target_port === "x" ? "" : `.${each.target_port}`}`,
  );
}

describe("adding", () => {
  test("a new node gets the first free number of its stem", () => {
    const { document, ids } = edits.addNode(chain(), BLOCKS.ReLU, [5, 6]);
    expect(ids).toEqual(["relu2"]);
    expect(document.layout).toEqual({ relu2: [5, 6] });
    expect(document.graph.nodes.at(-1)).toEqual(edits.newNode("relu2", "ReLU"));
  });

  test("a gap in the numbers is used", () => {
    expect(edits.freeId(experiment(["conv1", "conv3"]).graph.nodes, "conv")).toBe("conv2");
  });

  test("a node that is put into an edge keeps the order of a merge", () => {
    const before = experiment(["a", "b", "m:Add"], ["a>m", "b>m"]);
    const { document } = edits.insertOnEdge(before, BLOCKS.ReLU, edge("a>m"));
    expect(edgesOf(document)).toEqual(["a>relu1", "relu1>m", "b>m"]);
  });

  test("a block without an output is added beside an edge", () => {
    const { document } = edits.insertOnEdge(chain(), BLOCKS.Output, edge("input1>conv1"));
    expect(edgesOf(document)).toEqual(edgesOf(chain()));
  });
});

describe("connecting", () => {
  test("an ordinary port takes the new edge in the place of the old", () => {
    const document = edits.connect(chain(), edge("input1>relu1"));
    expect(edgesOf(document)).toEqual(["input1>conv1", "input1>relu1", "relu1>output1"]);
  });

  test("a port for many takes both", () => {
    const before = experiment(["a", "b", "m:Add"], ["a>m"]);
    expect(edgesOf(edits.connect(before, edge("b>m"), true))).toEqual(["a>m", "b>m"]);
  });

  test("the same edge again changes nothing", () => {
    const before = chain();
    expect(edits.connect(before, edge("input1>conv1"))).toBe(before);
    expect(edits.disconnect(before, [edge("a>b")])).toBe(before);
  });
});

describe("the gap of what is removed", () => {
  const layout: Experiment["layout"] = { input1: [0, 0], conv1: [0, 80], relu1: [0, 190], output1: [0, 270] };
  const column = (more: Experiment["layout"] = {}) => ({ ...chain(), layout: { ...layout, ...more } });

  test("is closed by what stands below in the same column", () => {
    expect(edits.removeNodes(column(), ["conv1"]).layout).toEqual({
      input1: [0, 0],
      relu1: [0, 80],
      output1: [0, 160],
    });
    expect(edits.removeNodes(column(), ["conv1", "relu1"]).layout).toEqual({
      input1: [0, 0],
      output1: [0, 80],
    });
    expect(edits.removeNodes(column(), ["output1"]).layout.relu1).toEqual([0, 190]);
  });

  test("stays where more than a column stands below, or a note, and where nothing stands above", () => {
    expect(edits.removeNodes(column({ output1: [300, 270] }), ["conv1"]).layout.relu1).toEqual([0, 190]);
    const noted = addNote(column(), [300, 200]);
    expect(edits.removeNodes(noted, ["conv1"]).layout.relu1).toEqual([0, 190]);
    expect(edits.removeNodes(column(), ["input1"]).layout.conv1).toEqual([0, 80]);
  });

  test("is none of what stands in groups", () => {
    const inner = column({ "relu1/a": [5, 900] });
    expect(edits.removeNodes(inner, ["conv1"]).layout["relu1/a"]).toEqual([5, 900]);
  });
});

describe("removing", () => {
  test("neighbours of a removed node are connected", () => {
    expect(edgesOf(edits.removeNodes(chain(), ["conv1"]))).toEqual(["input1>relu1", "relu1>output1"]);
  });

  test("also across several removed nodes", () => {
    expect(edgesOf(edits.removeNodes(chain(), ["relu1", "conv1"]))).toEqual(["input1>output1"]);
  });

  test("a removed end leaves no edge behind", () => {
    expect(edgesOf(edits.removeNodes(chain(), ["input1", "output1"]))).toEqual(["conv1>relu1"]);
  });

  test("what a merge would get twice it gets once", () => {
    const before = experiment(["a", "b", "m:Add"], ["a>b", "a>m", "b>m"]);
    expect(edgesOf(edits.removeNodes(before, ["b"]))).toEqual(["a>m"]);
  });

  test("a cycle of removed nodes ends", () => {
    const before = experiment(["a", "b", "c"], ["a>b", "b>a", "b>c"]);
    expect(edgesOf(edits.removeNodes(before, ["a", "b"]))).toEqual([]);
  });

  test("the position goes too, and unknown ids change nothing", () => {
    const before = { ...chain(), layout: { conv1: [1, 2] as [number, number] } };
    expect(edits.removeNodes(before, ["conv1"]).layout).toEqual({});
    expect(edits.removeNodes(before, ["nobody"])).toBe(before);
  });
});

describe("changing", () => {
  test("a default value is not written", () => {
    const { params } = BLOCKS.Conv2d;
    const changed = edits.setParam(chain(), "conv1", "out_channels", 8, params);
    expect(changed.graph.nodes[1]?.params).toEqual({ out_channels: 8 });
    expect(edits.setParam(changed, "conv1", "out_channels", 32, params).graph.nodes[1]?.params).toEqual({});
  });

  test("a rename reaches edges and layout", () => {
    const before = { ...chain(), layout: { conv1: [1, 2] as [number, number] } };
    const after = edits.renameNode(before, "conv1", "eyes");
    expect(edgesOf(after)).toEqual(["input1>eyes", "eyes>relu1", "relu1>output1"]);
    expect(after.layout).toEqual({ eyes: [1, 2] });
  });

  test("copies get the edges between them and new names", () => {
    const before = { ...chain(), layout: { conv1: [0, 0] as [number, number] } };
    const { document, ids } = edits.duplicateNodes(before, ["conv1", "relu1"]);
    expect(ids).toEqual(["conv2", "relu2"]);
    expect(edgesOf(document)).toContain("conv2>relu2");
    expect(document.graph.edges).toHaveLength(4);
    expect(document.layout.conv2).toEqual([32, 32]);
  });

  test("the document that came in is never touched", () => {
    const before = chain();
    const copy = structuredClone(before);
    edits.removeNodes(before, ["conv1"]);
    edits.duplicateNodes(before, ["conv1"]);
    edits.insertOnEdge(before, BLOCKS.ReLU, edge("input1>conv1"));
    edits.renameNode(before, "conv1", "eyes");
    expect(before).toEqual(copy);
  });
});

describe("comparing", () => {
  test("the order of keys says nothing, the order of lists does", () => {
    expect(edits.equal({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(edits.equal([1, 2], [2, 1])).toBe(false);
    expect(edits.equal({ a: null }, { b: null })).toBe(false);
    expect(edits.equal([], {})).toBe(false);
  });
});

test("a copy brings as many notes along as there is room for", () => {
  const note = { text: "", x: 0, y: 0, width: 60, height: 60, color: "gray", scope: "conv1" } as const;
  const notes = Array.from({ length: edits.MAX_NOTES - 1 }, (_, at) => ({ ...note, id: `note${at}` }));
  const { document } = edits.duplicateNodes({ ...chain(), notes }, ["conv1"]);
  expect(document.notes).toHaveLength(edits.MAX_NOTES);
});
