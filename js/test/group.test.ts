import { describe, expect, test } from "vitest";
import * as edits from "../src/document";
import { isEnd, makeGroup, unpack } from "../src/group";
import { GAP, GROUP_HEIGHT, settleAll } from "../src/place";
import { addPort, followPorts, mayRepeat, portsOf, setRepeat, setTitle } from "../src/ports";
import type { Edge, Experiment, Graph, Node } from "../src/protocol";
import { graphOf, inside, withInside } from "../src/scope";
import { BLOCKS, CATALOGUE, edge, experiment, node } from "./samples";

const ENTRIES = CATALOGUE.blocks;
const HEIGHTS = new Map<string, number>();

function made(document: Experiment, ids: string[]) {
  const found = makeGroup(document, ids, ENTRIES, HEIGHTS);
  if (!found) throw new Error("no group");
  return found;
}

function texts(edges: readonly Edge[]): string[] {
  const port = (name: string, plain: string): string => (name === plain ? "" : `.${name}`);
  return edges.map(
    (each) => `${each.source}${port(each.source_port, "y")}>${each.target}${port(each.target_port, "x")}`,
  );
}

function graphIn(document: Experiment, id: string): Graph {
  const graph = graphOf(document.graph.nodes.find((each) => each.id === id));
  if (!graph) throw new Error("no group");
  return graph;
}

/** `input1 > conv1 > relu1 > add1 > output1` with a skip from `input1` to `add1`. */
const residual = () =>
  experiment(
    ["input1:Input", "conv1", "relu1:ReLU", "add1:Add", "output1:Output"],
    ["input1>conv1", "conv1>relu1", "relu1>add1", "input1>add1", "add1>output1"],
  );

describe("making a group", () => {
  test("what several blocks inside take from one block is one port", () => {
    const { document, id, added, left } = made(residual(), ["conv1", "relu1", "add1"]);
    expect({ id, added, left }).toEqual({ id: "group1", added: [], left: 0 });
    expect(document.graph.nodes.map((each) => each.id)).toEqual(["input1", "group1", "output1"]);
    expect(texts(document.graph.edges)).toEqual(["input1>group1", "group1>output1"]);
    const graph = graphIn(document, id);
    expect(graph.nodes.map((each) => each.id)).toEqual(["x", "conv1", "relu1", "add1", "y"]);
    expect(texts(graph.edges)).toEqual(["x>conv1", "conv1>relu1", "relu1>add1", "x>add1", "add1>y"]);
    expect(mayRepeat(graph)).toBe(true);
  });

  test("a second input that only a merge takes is called skip", () => {
    const before = experiment(
      ["input1:Input", "conv1", "conv2", "add1:Add", "output1:Output"],
      ["input1>conv1", "conv1>add1", "conv1>conv2", "conv2>add1", "add1>output1"],
    );
    const { document, id } = made(before, ["conv2", "add1"]);
    // Both come from conv1, so they are one.
    expect(portsOf(graphIn(document, id), "inputs")).toEqual(["x"]);
    const other = experiment(["a", "b", "conv2", "add1:Add"], ["a>add1", "b>conv2", "conv2>add1"]);
    const two = made(other, ["conv2", "add1"]);
    const graph = graphIn(two.document, two.id);
    expect(portsOf(graph, "inputs")).toEqual(["x", "skip"]);
    expect(texts(graph.edges)).toEqual(["skip>add1", "x>conv2", "conv2>add1", "add1>y"]);
    expect(texts(two.document.graph.edges)).toEqual([`a>${two.id}.skip`, `b>${two.id}`]);
    expect(mayRepeat(graph)).toBe(false);
  });

  test("names of ports give way to the nodes inside", () => {
    const { document, id } = made(experiment(["a", "x", "b"], ["a>x", "x>b"]), ["x"]);
    expect(texts(graphIn(document, id).edges)).toEqual(["x2>x", "x>y"]);
    expect(texts(document.graph.edges)).toEqual([`a>${id}.x2`, `${id}>b`]);
  });

  test("the main output leaves last; several have names of their own", () => {
    const before = experiment(["a", "b", "c", "d"], ["a>b", "a>c", "b>d"]);
    const { document, id } = made(before, ["a", "b"]);
    expect(texts(document.graph.edges)).toEqual([`${id}.y2>c`, `${id}>d`]);
    expect(texts(graphIn(document, id).edges)).toEqual(["a>b", "a>y2", "b>y", "x>a"]);
  });

  test("where data would leave and come back, what is between comes along", () => {
    const { document, id, added } = made(residual(), ["conv1", "add1"]);
    expect(added).toEqual(["relu1"]);
    expect(graphIn(document, id).nodes).toHaveLength(5);
  });

  test("the ends of the network and the ports around stay outside", () => {
    const all = residual();
    const { document, left } = made(
      all,
      all.graph.nodes.map((each) => each.id),
    );
    expect(left).toBe(2);
    expect(document.graph.nodes.map((each) => each.id)).toEqual(["input1", "group1", "output1"]);
    expect(makeGroup(all, ["input1", "output1"], ENTRIES, HEIGHTS)).toBeNull();
    expect(makeGroup(all, [], ENTRIES, HEIGHTS)).toBeNull();
    expect(isEnd(node("x:GroupInput"), ENTRIES)).toBe(true);
  });

  test("the order in which a merge takes its inputs stays, outside too", () => {
    const before = experiment(["a", "b", "c", "m:Add"], ["a>m", "b>m", "c>m"]);
    expect(texts(made(before, ["b"]).document.graph.edges)).toEqual(["a>m", "group1>m", "c>m"]);
  });

  test("blocks that stand alone get ports for their loose ends", () => {
    const { document, id } = made(experiment(["conv1", "relu1:ReLU"], ["conv1>relu1"]), ["conv1", "relu1"]);
    expect(texts(graphIn(document, id).edges)).toEqual(["conv1>relu1", "x>conv1", "relu1>y"]);
  });

  test("the group stands where the first block stood, and what is below moves up", () => {
    const layout: Experiment["layout"] = {
      input1: [0, 0],
      conv1: [0, 100],
      relu1: [0, 200],
      add1: [10, 300],
      output1: [0, 410],
    };
    const { document, id } = made({ ...residual(), layout }, ["conv1", "relu1", "add1"]);
    expect(document.layout[id]).toEqual([0, 100]);
    expect(document.layout[`${id}/add1`]).toEqual([10, 200]);
    // The last block ends at 370: 40 pixels of room stay below the group.
    expect(document.layout.output1).toEqual([0, 100 + GROUP_HEIGHT + 40]);
  });

  test("where something stands beside, nothing moves", () => {
    const layout: Experiment["layout"] = { a: [0, 0], b: [0, 100], c: [300, 80], d: [0, 400] };
    const before = { ...experiment(["a", "b", "c", "d"], ["a>b", "b>d"]), layout };
    expect(made(before, ["a", "b"]).document.layout.d).toEqual([0, 400]);
  });

  test("a group in a group, with its notes and places", () => {
    const first = made({ ...residual(), layout: { conv1: [0, 100] } }, ["conv1"]);
    const withNote = withInside(
      first.document,
      [first.id],
      edits.withNotes(inside(first.document, [first.id]), [
        { id: "n", text: "", x: 0, y: 0, width: 200, height: 120, color: "blue", scope: "" },
      ]),
    );
    const { document, id } = made(withNote, [first.id, "relu1"]);
    expect(inside(document, [id, first.id]).notes).toHaveLength(1);
    expect(inside(document, [id, first.id]).layout.conv1).toEqual([0, 0]);
    expect(texts(graphIn(document, id).edges)).toContain(`x>${first.id}`);
  });
});

describe("unpacking", () => {
  test("is the way back", () => {
    const before = residual();
    const { document, id } = made(before, ["conv1", "relu1", "add1"]);
    const { document: after, ids } = unpack(document, id, HEIGHTS, HEIGHTS);
    expect(ids).toEqual(["conv1", "relu1", "add1"]);
    expect(after.graph.nodes).toEqual(before.graph.nodes);
    expect(texts(after.graph.edges).sort()).toEqual(texts(before.graph.edges).sort());
  });

  test("names that are taken outside give way", () => {
    const { document, id } = made(residual(), ["conv1"]);
    const { document: added } = edits.addNode(document, { ...BLOCKS.Conv2d, stem: "conv" });
    const after = unpack(added, id, HEIGHTS, HEIGHTS);
    expect(after.ids).toEqual(["conv2"]);
    expect(texts(after.document.graph.edges)).toContain("input1>conv2");
  });

  test("a repeated group becomes its copies, one behind the other", () => {
    const grouped = made(residual(), ["conv1", "relu1"]);
    const repeated = setRepeat(grouped.document, grouped.id, 3);
    const { document, ids } = unpack(repeated, grouped.id, HEIGHTS, HEIGHTS);
    expect(ids).toEqual(["conv1", "relu1", "conv2", "relu2", "conv3", "relu3"]);
    expect(texts(document.graph.edges)).toEqual([
      "relu3>add1",
      "input1>add1",
      "add1>output1",
      "input1>conv1",
      "conv1>relu1",
      "relu1>conv2",
      "conv2>relu2",
      "relu2>conv3",
      "conv3>relu3",
    ]);
  });

  test("what a port only passes on is drawn through, and a loose port leaves nothing", () => {
    const graph: Graph = {
      nodes: ["x:GroupInput", "skip:GroupInput", "y:GroupOutput", "z:GroupOutput"].map(node),
      edges: [edge("x>y")],
    };
    const before = experiment(["a", "b", "c", "d"], []);
    const group = edits.newNode("g", "Group", { graph });
    const edges: Edge[] = [
      { source: "a", source_port: "y", target: "g", target_port: "x" },
      { source: "b", source_port: "y", target: "g", target_port: "skip" },
      { source: "g", source_port: "y", target: "c", target_port: "x" },
      { source: "g", source_port: "z", target: "d", target_port: "x" },
      { source: "g", source_port: "gone", target: "d", target_port: "x" },
    ];
    const document = { ...before, graph: { nodes: [...before.graph.nodes, group], edges } };
    const after = unpack(document, "g", HEIGHTS, HEIGHTS);
    expect(texts(after.document.graph.edges)).toEqual(["a>c"]);
    expect(after.ids).toEqual([]);
    for (const at of Object.values(after.document.layout)) expect(at.every(Number.isFinite)).toBe(true);
  });

  test("frozen and bypassed groups leave blocks that are", () => {
    const { document, id } = made(residual(), ["conv1", "relu1"]);
    const marked = edits.changeNode(document, id, (each) => ({ ...each, frozen: true, bypassed: true }));
    const after = unpack(marked, id, HEIGHTS, HEIGHTS).document.graph.nodes;
    expect(after.filter((each) => each.frozen && each.bypassed).map((each) => each.id)).toEqual([
      "conv1",
      "relu1",
    ]);
  });

  test("what was placed inside is placed outside; what is below gives way", () => {
    const layout: Experiment["layout"] = {
      input1: [0, 0],
      conv1: [0, 100],
      relu1: [30, 300],
      add1: [0, 500],
    };
    const grouped = made({ ...residual(), layout }, ["conv1", "relu1"]);
    const moved = edits.place(grouped.document, { [grouped.id]: [50, 120] });
    const { document } = unpack(moved, grouped.id, HEIGHTS, HEIGHTS);
    expect(document.layout.conv1).toEqual([50, 120]);
    expect(document.layout.relu1).toEqual([80, 320]);
    expect(document.layout.add1?.[1]).toBeGreaterThanOrEqual(320 + GAP);
    expect(Object.keys(document.layout).some((key) => key.includes("/") || key === grouped.id)).toBe(false);
  });

  test("groups inside keep all that they hold, in each copy", () => {
    const first = made(residual(), ["conv1"]);
    const outer = made(first.document, [first.id, "relu1"]);
    const placed = settleAll(setRepeat(outer.document, outer.id, 2), () => HEIGHTS);
    const { document, ids } = unpack(placed, outer.id, HEIGHTS, HEIGHTS);
    expect(ids).toEqual(["group1", "relu1", "group2", "relu2"]);
    expect(inside(document, [ids[2] ?? ""]).layout).toEqual(inside(placed, [outer.id, first.id]).layout);
  });

  test("a block that is no group stays", () => {
    const document = residual();
    expect(unpack(document, "conv1", HEIGHTS, HEIGHTS).document).toBe(document);
  });
});

describe("the fields of a group", () => {
  test("it is repeated within bounds, and what stays is no change", () => {
    const { document, id } = made(residual(), ["conv1"]);
    const repeat = (count: number) => setRepeat(document, id, count).graph.nodes[1]?.repeat;
    expect([0, 3.2, 999].map(repeat)).toEqual([1, 3, 64]);
    expect(setTitle(document, id, "Stage").graph.nodes[1]?.title).toBe("Stage");
  });

  test("a new port has a free name; inputs stand first", () => {
    const { document, id } = made(residual(), ["conv1"]);
    const view = addPort(addPort(inside(document, [id]), "inputs"), "outputs");
    expect(view.graph.nodes.map((each) => each.id)).toEqual(["x", "x2", "conv1", "y", "y2"]);
  });

  test("a new port stands beside its like, and on no other card", () => {
    const { document, id } = made(residual(), ["conv1"]);
    const view = inside(document, [id]);
    const layout = { ...view.layout, x: [0, 0], conv1: [0, 120], y: [0, 240] } as Experiment["layout"];
    const next = addPort(addPort({ ...view, layout }, "inputs"), "inputs");
    expect([next.layout.x2, next.layout.x3]).toEqual([
      [248, 0],
      [496, 0],
    ]);
    expect(addPort({ ...view, layout: {} }, "outputs").layout).toEqual({});
  });
});

describe("the edges around follow the ports", () => {
  const start = made(residual(), ["conv1", "relu1", "add1"]);
  const change = (edit: (view: Experiment) => Experiment) => {
    const view = inside(start.document, [start.id]);
    const next = edit(view);
    return followPorts(withInside(start.document, [start.id], next), [start.id], view.graph, next.graph);
  };

  test("a port with another name keeps its edges", () => {
    const next = change((view) => edits.renameNode(view, "x", "picture"));
    expect(texts(next.graph.edges)).toEqual([`input1>${start.id}.picture`, `${start.id}>output1`]);
  });

  test("those of a port that went go with it", () => {
    expect(texts(change((view) => edits.removeNodes(view, ["y"])).graph.edges)).toEqual([
      `input1>${start.id}`,
    ]);
  });

  test("another change inside touches nothing outside", () => {
    const view = inside(start.document, [start.id]);
    const next = edits.setParam(view, "conv1", "out_channels", 4, []);
    const whole = withInside(start.document, [start.id], next);
    expect(followPorts(whole, [start.id], view.graph, next.graph)).toBe(whole);
  });
});

/** Pseudo-random numbers that are the same on every machine. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

/** A network without circles, some of it frozen, merges among it. */
function anyNetwork(next: (below: number) => number): Experiment {
  const kinds = ["Conv2d", "ReLU", "Add"];
  const count = 2 + next(12);
  const nodes = Array.from({ length: count }, (_, at): Node => {
    const block = kinds[next(3)] ?? "ReLU";
    return { ...node(`n${at}:${block}`), params: block === "Conv2d" ? { out_channels: next(8) } : {} };
  });
  const edges = nodes.flatMap((each, at) => {
    const sources = each.block === "Add" ? 1 + next(3) : 1;
    const from = Array.from({ length: sources }, () => (at === 0 ? "input1" : `n${next(at)}`));
    return [...new Set(from)].map((source) => edge(`${source}>${each.id}`));
  });
  const document = experiment(["input1:Input", "output1:Output"], []);
  const graph = {
    nodes: [document.graph.nodes[0] as Node, ...nodes, document.graph.nodes[1] as Node],
    edges: [...edges, edge(`n${count - 1}>output1`)],
  };
  return settleAll({ ...document, graph }, () => HEIGHTS);
}

/** What every plain block computes, as text: two networks with the same texts are the same network. */
function meaning(graph: Graph, given: ReadonlyMap<string, string> = new Map()): string[] {
  const found: string[] = [];
  evaluate(graph, given, found);
  return found.sort();
}

function evaluate(graph: Graph, given: ReadonlyMap<string, string>, found: string[]): Map<string, string> {
  const values = new Map<string, string>();
  const value = (id: string, port: string): string => {
    const known = values.get(`${id}.${port}`);
    if (known !== undefined) return known;
    const each = graph.nodes.find((one) => one.id === id);
    const into = (name: string): string =>
      graph.edges
        .filter((one) => one.target === id && one.target_port === name)
        .map((one) => value(one.source, one.source_port))
        .join("+");
    const inner = graphOf(each);
    let text = "";
    if (each?.block === "GroupInput") text = given.get(id) ?? "";
    else if (each?.block === "GroupOutput") text = into("x");
    else if (each && inner) {
      let inputs = new Map(portsOf(inner, "inputs").map((name) => [name, into(name)]));
      let outputs = new Map<string, string>();
      for (let count = 0; count < each.repeat; count += 1) {
        outputs = evaluate(inner, inputs, found);
        inputs = new Map(portsOf(inner, "inputs").map((name) => [name, outputs.get("y") ?? ""]));
      }
      values.set(`${id}.`, "");
      for (const [name, result] of outputs) values.set(`${id}.${name}`, result);
      return values.get(`${id}.${port}`) ?? "";
    } else if (each) {
      text = `${each.block}${JSON.stringify(each.params)}(${into("x")})`;
      found.push(text);
    }
    values.set(`${id}.${port}`, text);
    return text;
  };
  for (const each of graph.nodes) value(each.id, graphOf(each) ? "" : "y");
  return new Map(portsOf(graph, "outputs").map((name) => [name, value(name, "y")]));
}

describe("random networks", () => {
  test.each(Array.from({ length: 40 }, (_, at) => at + 1))("keep their meaning (walk %i)", (seed) => {
    const next = random(seed * 7919);
    let document = anyNetwork(next);
    const expected = meaning(document.graph);
    for (let step = 0; step < 12; step += 1) {
      const groups = document.graph.nodes.filter((each) => graphOf(each));
      const some = document.graph.nodes.filter(() => next(3) === 0).map((each) => each.id);
      const group = groups[next(groups.length)];
      if (group && next(3) === 0) document = unpack(document, group.id, HEIGHTS, HEIGHTS).document;
      else document = makeGroup(document, some, ENTRIES, HEIGHTS)?.document ?? document;
      document = settleAll(document, () => HEIGHTS);
      expect(meaning(document.graph)).toEqual(expected);
      // Each node has one place, and there are no places of nobody.
      const ids = allPaths(document.graph);
      expect(Object.keys(document.layout).sort()).toEqual(ids.sort());
      for (const scope of scopesOf(document.graph)) {
        const view = inside(document, scope);
        expect(withInside(document, scope, view)).toEqual(document);
        const moved = edits.place(view, { [view.graph.nodes[0]?.id ?? ""]: [step, seed] });
        expect(inside(withInside(document, scope, moved), scope)).toEqual(moved);
        const other = withInside(document, scope, edits.setRecipe(view, "seed", step));
        expect(withInside(other, scope, view)).toEqual(document);
      }
    }
    for (let group = firstGroup(document); group; group = firstGroup(document)) {
      document = unpack(document, group.id, HEIGHTS, HEIGHTS).document;
    }
    expect(meaning(document.graph)).toEqual(expected);
  });

  test.each([1, 2, 3, 4, 5])("repeated groups mean the same unpacked (walk %i)", (seed) => {
    const next = random(seed);
    const chain = experiment(
      ["input1:Input", "a", "b:ReLU", "m:Add", "output1:Output"],
      ["input1>a", "a>b", "b>m", "a>m", "m>output1"],
    );
    const { document, id } = made(chain, ["a", "b", "m"]);
    const repeated = setRepeat(document, id, 2 + next(4));
    const expected = meaning(repeated.graph);
    expect(meaning(unpack(repeated, id, HEIGHTS, HEIGHTS).document.graph)).toEqual(expected);
  });
});

function firstGroup(document: Experiment): Node | undefined {
  return document.graph.nodes.find((each) => graphOf(each));
}

function allPaths(graph: Graph, prefix = ""): string[] {
  return graph.nodes.flatMap((each) => {
    const inner = graphOf(each);
    return [prefix + each.id, ...(inner ? allPaths(inner, `${prefix}${each.id}/`) : [])];
  });
}

function scopesOf(graph: Graph, scope: string[] = []): string[][] {
  return [
    scope,
    ...graph.nodes.flatMap((each) => {
      const inner = graphOf(each);
      return inner ? scopesOf(inner, [...scope, each.id]) : [];
    }),
  ];
}
