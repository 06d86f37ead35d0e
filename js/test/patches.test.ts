/** The canvas applies a patch as the kernel does: both run the same cases. */

import { describe, expect, test } from "vitest";
import cases from "../../tests/golden/patches.json";
import { applyPatch, namedData } from "../src/document";
import type { Experiment, Patch } from "../src/protocol";
import { edge, experiment, node } from "./samples";

interface Side {
  nodes: string[];
  edges: string[];
  layout?: Experiment["layout"];
  recipe?: object;
  data?: string;
}

interface Case {
  name: string;
  before: Side;
  patch: Partial<Record<"nodes" | "remove_nodes" | "edges" | "remove_edges", string[]>> & {
    recipe?: Patch["recipe"];
    data?: string;
  };
  after: Side;
}

function made(side: Side): Experiment {
  const plain = experiment(side.nodes, side.edges);
  return {
    ...plain,
    layout: side.layout ?? {},
    recipe: { ...plain.recipe, ...side.recipe },
    data: namedData(side.data ?? "digits"),
  };
}

describe("patches", () => {
  test.each(cases as unknown as Case[])("$name", ({ before, patch, after }) => {
    const found = applyPatch(made(before), {
      nodes: (patch.nodes ?? []).map(node),
      remove_nodes: patch.remove_nodes ?? [],
      edges: (patch.edges ?? []).map(edge),
      remove_edges: (patch.remove_edges ?? []).map(edge),
      recipe: patch.recipe ?? {},
      data: patch.data ?? null,
    });
    expect(found).toEqual(made(after));
  });
});
