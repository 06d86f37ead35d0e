/** Blocks as text for the clipboard; `parts/clip.ts` reads it. */

import { head, newNode } from "./document";
import type { Experiment, Node } from "./protocol";

/** Blocks and notes as text: one a line, so that people can read it. It has the form of a `.blockml` file. */
export function clipText(document: Experiment, ids: readonly string[], noteIds: readonly string[]): string {
  const chosen = new Set(ids);
  const nodes = document.graph.nodes.filter((node) => chosen.has(node.id)).map(brief);
  const into = document.graph.edges.filter((edge) => chosen.has(edge.target));
  const layout = Object.entries(document.layout).filter(([key]) => chosen.has(head(key)));
  const rows = (items: readonly unknown[]): string =>
    items.length === 0 ? "[]" : `[\n${items.map((each) => `  ${JSON.stringify(each)}`).join(",\n")}\n ]`;
  return [
    `{"blockml": 1,`,
    ` "graph": {"nodes": ${rows(nodes)},`,
    ` "edges": ${rows(into.filter((edge) => chosen.has(edge.source)))}},`,
    ` "incoming": ${rows(into.filter((edge) => !chosen.has(edge.source)))},`,
    ` "layout": ${JSON.stringify(Object.fromEntries(layout))},`,
    ` "notes": ${rows(document.notes.filter((note) => noteIds.includes(note.id)))}}\n`,
  ].join("\n");
}

/** A node without what stands at its default. */
function brief(node: Node): Partial<Node> {
  const usual = newNode("", "");
  const graph = node.graph && { ...node.graph, nodes: node.graph.nodes.map(brief) };
  const said = Object.entries({ ...node, graph }).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(usual, key)),
  );
  return Object.fromEntries(said);
}
