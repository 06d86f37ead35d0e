/** The canvas applies a patch as the kernel does: both run the same cases. */

import { describe, expect, test } from "vitest";
import cases from "../../tests/golden/patches.json";
import { namedData, newNode } from "../src/document";
import { applyPatch } from "../src/patch";
import type { Edge, Experiment, Node, Patch } from "../src/protocol";
import { experiment, node } from "./samples";

/** A node as `a` or `a:Linear`, or a group. */
type Given = string | { id: string; nodes: Given[]; edges: string[]; repeat?: number };

interface Side {
  nodes: Given[];
  edges: string[];
  layout?: Experiment["layout"];
  notes?: string[];
  recipe?: object;
  data?: string;
}

interface Case {
  name: string;
  before: Side;
  patch: Partial<Record<"remove_nodes" | "edges" | "remove_edges", string[]>> & {
    nodes?: Given[];
    recipe?: Patch["recipe"];
    data?: string;
  };
  after: Side;
}

function made(side: Side): Experiment {
  const plain = experiment();
  const note = { text: "", x: 0, y: 0, width: 200, height: 120, color: "yellow" as const };
  return {
    ...plain,
    graph: { nodes: side.nodes.map(given), edges: side.edges.map(wire) },
    notes: (side.notes ?? []).map((scope, at) => ({ ...note, id: `note${at}`, scope })),
    layout: side.layout ?? {},
    recipe: { ...plain.recipe, ...side.recipe },
    data: namedData(side.data ?? "digits"),
  };
}

function given(each: Given): Node {
  if (typeof each === "string") return node(each);
  const graph = { nodes: each.nodes.map(given), edges: each.edges.map(wire) };
  return newNode(each.id, "Group", { graph, repeat: each.repeat ?? 1 });
}

/** An edge from `a>b`, with ports where they are not the usual ones: `a.left>b.x2`. */
function wire(text: string): Edge {
  const [[source = "", out = "y"] = [], [target = "", into = "x"] = []] = text
    .split(">")
    .map((end) => end.split("."));
  return { source, source_port: out, target, target_port: into };
}

describe("patches", () => {
  test.each(cases as unknown as Case[])("$name", ({ before, patch, after }) => {
    const found = applyPatch(made(before), {
      nodes: (patch.nodes ?? []).map(given),
      remove_nodes: patch.remove_nodes ?? [],
      edges: (patch.edges ?? []).map(wire),
      remove_edges: (patch.remove_edges ?? []).map(wire),
      recipe: patch.recipe ?? {},
      data: patch.data ?? null,
    });
    expect(found).toEqual(made(after));
  });
});
