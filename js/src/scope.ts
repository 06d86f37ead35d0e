/**
 * Seeing a document from inside of a group, and putting back what was changed there.
 *
 * A scope is the ids of the groups that were opened, from the outside in. What is seen in there is an experiment
 * again, with plain ids, so that whatever changes an experiment works at any depth. Of a group that stands in
 * view the layout and the notes are named from the view: the key `stage1/conv1`, the scope `stage1`.
 */

import { equal, nodeOf, own } from "./document";
import type { Experiment, Graph, Node, NodeState, Note } from "./protocol";

export type Scope = readonly string[];

/** The scope of the whole network. */
export const TOP: Scope = [];

/** The path of a node in a scope: what the analysis calls it. */
export function pathOf(scope: Scope, id: string): string {
  return scope.length === 0 ? id : `${scope.join("/")}/${id}`;
}

/** The scope that a node stands in, and its id there. */
export function placeOf(path: string): { scope: Scope; id: string } {
  const parts = path.split("/");
  return { scope: parts.slice(0, -1), id: parts.at(-1) ?? "" };
}

/** What stands in a node, if it is a group. */
export function graphOf(node: Node | undefined): Graph | null {
  return node?.block === "Group" ? node.graph : null;
}

/** As much of a scope as there is in a document; the same object where that is all of it. */
export function existing(document: Experiment, scope: Scope): Scope {
  let graph: Graph | null = document.graph;
  for (const [depth, id] of scope.entries()) {
    graph = graphOf(nodeOf(graph, id));
    if (graph === null) return scope.slice(0, depth);
  }
  return scope;
}

/** The document as it is seen inside of a group, or of the innermost of the groups that exists. */
export function inside(document: Experiment, scope: Scope): Experiment {
  const here = existing(document, scope);
  if (here.length === 0) return document;
  let { graph } = document;
  for (const id of here) graph = graphOf(nodeOf(graph, id)) ?? graph;
  const prefix = `${here.join("/")}/`;
  const layout = Object.entries(document.layout).flatMap(([key, at]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), at] as const] : [],
  );
  const notes = document.notes.flatMap((note) =>
    isIn(note, prefix) ? [{ ...note, scope: note.scope.slice(prefix.length) }] : [],
  );
  return { ...document, graph, layout: Object.fromEntries(layout), notes };
}

/** The document with what is seen inside of a group in place of what was there. */
export function withInside(document: Experiment, scope: Scope, view: Experiment): Experiment {
  const here = existing(document, scope);
  if (here.length === 0) return view;
  const prefix = `${here.join("/")}/`;
  const outer = Object.entries(document.layout).filter(([key]) => !key.startsWith(prefix));
  const inner = Object.entries(view.layout).map(([key, at]) => [prefix + key, at] as const);
  return {
    ...view,
    graph: withGraph(document.graph, here, view.graph),
    layout: Object.fromEntries([...outer, ...inner]),
    notes: withNotes(document.notes, prefix, view.notes),
  };
}

function withGraph(graph: Graph, [id, ...rest]: Scope, inner: Graph): Graph {
  if (id === undefined) return inner;
  // Of two nodes with one id the first is meant, as everywhere.
  const at = graph.nodes.findIndex((node) => node.id === id);
  const nodes = graph.nodes.map((node, index) =>
    index === at && node.graph ? { ...node, graph: withGraph(node.graph, rest, inner) } : node,
  );
  return { ...graph, nodes };
}

/** Notes keep their order: those from inside stand where those from inside stood. */
function withNotes(notes: readonly Note[], prefix: string, view: readonly Note[]): Note[] {
  const path = prefix.slice(0, -1);
  const inner = view.map((note) => ({ ...note, scope: note.scope === "" ? path : prefix + note.scope }));
  const merged = notes.flatMap((note) => (isIn(note, prefix) ? inner.splice(0, 1) : [note]));
  return [...merged, ...inner];
}

function isIn(note: Note, prefix: string): boolean {
  return `${note.scope}/`.startsWith(prefix);
}

/** The innermost scope that holds all in which two documents differ; `null` where the canvas looks the same. */
export function difference(before: Experiment, after: Experiment): Scope | null {
  const scopes: Scope[] = [];
  const graphs = graphDifference(before.graph, after.graph);
  if (graphs) scopes.push(graphs);
  for (const key of new Set([...Object.keys(before.layout), ...Object.keys(after.layout)])) {
    if (!equal(own(before.layout, key), own(after.layout, key))) scopes.push(placeOf(key).scope);
  }
  if (!equal(before.notes, after.notes)) {
    const same = (note: Note): boolean =>
      before.notes.some((each) => equal(each, note)) && after.notes.some((each) => equal(each, note));
    for (const note of [...before.notes, ...after.notes]) if (!same(note)) scopes.push(scopeOfNote(note));
  }
  const [first, ...rest] = scopes;
  return first ? rest.reduce(common, first) : null;
}

function scopeOfNote(note: Note): Scope {
  return note.scope === "" ? TOP : note.scope.split("/");
}

function common(one: Scope, other: Scope): Scope {
  const end = one.findIndex((id, depth) => id !== other[depth]);
  return end < 0 ? one : one.slice(0, end);
}

function graphDifference(before: Graph, after: Graph): Scope | null {
  if (before === after) return null;
  if (before.nodes.length !== after.nodes.length || !equal(before.edges, after.edges)) return TOP;
  const changed = before.nodes.flatMap((node, at) => {
    const next = after.nodes[at];
    return next && !equal(node, next) ? [[node, next] as const] : [];
  });
  const [first] = changed;
  if (first === undefined) return null;
  const [old, now] = first;
  const [inner, outer] = [graphOf(old), graphOf(now)];
  if (changed.length > 1 || !inner || !outer || !equal({ ...old, graph: null }, { ...now, graph: null }))
    return TOP;
  return [old.id, ...(graphDifference(inner, outer) ?? TOP)];
}

/** What is known of a node in the open scope. */
export function stateOf(
  canvas: { analysis: { nodes: Record<string, NodeState> } | null; scope: Scope },
  id: string,
): NodeState | undefined {
  return own(canvas.analysis?.nodes, pathOf(canvas.scope, id));
}
