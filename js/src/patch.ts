/** Repairs: patches that name nodes by their paths, applied exactly as `blockml/patching.py` does in the kernel. */

import { namedData, nodeOf, sameEdge, sameTarget } from "./document";
import type { Edge, Experiment, Graph, Node, Patch } from "./protocol";
import { graphOf } from "./scope";

/** Apply a repair to a whole document. */
export function applyPatch(document: Experiment, patch: Patch): Experiment {
  const graph = patchedInside(document.graph, patch);
  const kept = new Set(paths(graph));
  const layout = Object.fromEntries(Object.entries(document.layout).filter(([path]) => kept.has(path)));
  const notes = document.notes.filter((note) => note.scope === "" || kept.has(note.scope));
  const recipe = { ...document.recipe, ...patch.recipe };
  const data = patch.data === null ? document.data : namedData(patch.data);
  return { ...document, graph, recipe, layout, notes, data };
}

/** The path of every node, in groups of every depth. */
function paths(graph: Graph): string[] {
  return graph.nodes.flatMap((node) => {
    const inside = graphOf(node);
    return inside ? [node.id, ...paths(inside).map((path) => `${node.id}/${path}`)] : [node.id];
  });
}

/** What a patch changes in one graph. */
type Part = Pick<Patch, "nodes" | "remove_nodes" | "edges" | "remove_edges">;

/** The ids of the groups around a node, the outermost first, and its own. */
interface Place {
  scope: string[];
  id: string;
}

/** One end of an edge: where it is fastened, and at which port. */
interface End extends Place {
  port: string;
}

function patchedInside(graph: Graph, patch: Patch): Graph {
  const parts = new Map<string, Part>();
  const part = (scope: readonly string[]): Part => {
    const key = JSON.stringify(scope);
    const found = parts.get(key) ?? { nodes: [], remove_nodes: [], edges: [], remove_edges: [] };
    parts.set(key, found);
    return found;
  };
  for (const node of patch.nodes) {
    const place = split(graph, node.id);
    if (place) part(place.scope).nodes.push({ ...node, id: place.id });
  }
  for (const path of patch.remove_nodes) {
    const place = split(graph, path);
    if (place) part(place.scope).remove_nodes.push(place.id);
  }
  for (const kind of ["edges", "remove_edges"] as const) {
    for (const edge of patch[kind]) {
      const wire = wired(graph, patch, edge);
      if (wire) part(wire.scope)[kind].push(wire.edge);
    }
  }
  return change(graph, [], parts);
}

/** Where a path leads to, or nothing where there are no such groups. */
function split(graph: Graph, path: string): Place | undefined {
  const scope: string[] = [];
  let at = graph;
  let id = path;
  // A document may hold an id with a slash; what is called exactly so is meant.
  while (!nodeOf(at, id) && id.includes("/")) {
    const end = id.indexOf("/");
    const group = id.slice(0, end);
    const inner = graphOf(nodeOf(at, group));
    if (!inner) return undefined;
    scope.push(group);
    at = inner;
    id = id.slice(end + 1);
  }
  return { scope, id };
}

/** The graph that an edge belongs into, and how it reads there; an edge to a port lies around its group. */
function wired(graph: Graph, patch: Patch, edge: Edge): { scope: string[]; edge: Edge } | undefined {
  const source = split(graph, edge.source);
  const target = split(graph, edge.target);
  if (!source || !target) return undefined;
  const from = { ...source, port: edge.source_port };
  const to = { ...target, port: edge.target_port };
  const blockOf = (path: string, place: Place): string | undefined =>
    patch.nodes.findLast((node) => node.id === path)?.block ??
    nodeOf(graphAt(graph, place.scope), place.id)?.block;
  const lifted = blockOf(edge.source, source) === "GroupOutput" ? around(from) : from;
  const landed = blockOf(edge.target, target) === "GroupInput" ? around(to) : to;
  return between(lifted, landed) ?? between(from, to);
}

/** The same end seen from around its group. */
function around(end: End): End {
  const group = end.scope.at(-1);
  return group === undefined ? end : { scope: end.scope.slice(0, -1), id: group, port: end.id };
}

function between(from: End, to: End): { scope: string[]; edge: Edge } | undefined {
  if (from.scope.join("/") !== to.scope.join("/")) return undefined;
  const edge = { source: from.id, source_port: from.port, target: to.id, target_port: to.port };
  return { scope: from.scope, edge };
}

function change(graph: Graph, scope: readonly string[], parts: ReadonlyMap<string, Part>): Graph {
  const own = parts.get(JSON.stringify(scope));
  const changed = withPart(withoutPorts(graph, scope, parts, own?.remove_edges ?? []), own);
  const nodes = changed.nodes.map((node) => {
    const inside = nodeOf(changed, node.id) === node ? graphOf(node) : null;
    const path = [...scope, node.id];
    const start = JSON.stringify(path).slice(0, -1);
    if (!inside || ![...parts.keys()].some((key) => key.startsWith(start))) return node;
    return { ...node, graph: change(inside, path, parts) };
  });
  return { nodes, edges: changed.edges };
}

/** A port that is removed takes the edges to it along, which stand in the graph around its group. */
function withoutPorts(
  graph: Graph,
  scope: readonly string[],
  parts: ReadonlyMap<string, Part>,
  replaced: readonly Edge[],
): Graph {
  const gone = (id: string, port: string): boolean =>
    parts.get(JSON.stringify([...scope, id]))?.remove_nodes.includes(port) ?? false;
  const edges = graph.edges.filter(
    (edge) =>
      replaced.some((each) => sameEdge(each, edge)) ||
      !(gone(edge.source, edge.source_port) || gone(edge.target, edge.target_port)),
  );
  return { ...graph, edges };
}

function withPart(graph: Graph, part: Part | undefined): Graph {
  if (!part) return graph;
  const gone = new Set(part.remove_nodes);
  const added = new Map(part.nodes.map((node) => [node.id, node]));
  const take = (node: Node): Node => {
    const found = added.get(node.id) ?? node;
    added.delete(node.id);
    return found;
  };
  const nodes = graph.nodes.filter((node) => !gone.has(node.id)).map(take);
  nodes.push(...added.values());
  const fresh = [...part.edges];
  const edges: Edge[] = [];
  for (const edge of graph.edges) {
    if (part.remove_edges.some((each) => sameEdge(each, edge))) {
      // A new edge into the same port takes the place of the old one.
      const at = fresh.findIndex((each) => sameTarget(each, edge));
      if (at >= 0) edges.push(...fresh.splice(at, 1));
    } else if (!gone.has(edge.source) && !gone.has(edge.target)) {
      edges.push(edge);
    }
  }
  return { nodes, edges: [...edges, ...fresh] };
}

function graphAt(graph: Graph, scope: readonly string[]): Graph {
  let at = graph;
  for (const id of scope) at = graphOf(nodeOf(at, id)) ?? { nodes: [], edges: [] };
  return at;
}
