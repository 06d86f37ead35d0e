/** Where the blocks of a network stand when it is tidied up. */

import dagre from "@dagrejs/dagre";
import { own, type Position } from "../document";
import type { Edge, Experiment } from "../protocol";

/** Width of a card and room between cards, in pixels; the same as in `place.ts`. */
export interface Measures {
  width: number;
  gap: number;
  heights: ReadonlyMap<string, number>;
}

/** Columns nearer than this, in pixels, become one. */
const NEAR = 24;

/**
 * Tidy up a network, or a part of it, from top to bottom.
 *
 * The upper left corner of what is tidied stays where it is. Only positions that change come back.
 */
export function tidy(
  { graph, layout }: Experiment,
  ids: readonly string[] | null,
  { width, gap, heights }: Measures,
): Record<string, Position> {
  const names = [...new Set(graph.nodes.map((node) => node.id))].filter((id) => !ids || ids.includes(id));
  const known = new Set(names);
  const inner = graph.edges.filter((edge) => known.has(edge.source) && known.has(edge.target));
  const height = (id: string): number => heights.get(id) ?? gap;
  const plan = new dagre.graphlib.Graph();
  plan.setGraph({ rankdir: "TB", ranksep: gap, nodesep: gap, edgesep: gap });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const id of names) plan.setNode(id, { width, height: height(id) });
  // A connection that passes others is drawn around them; it must not push them aside.
  for (const edge of withoutShortcuts(names, inner)) plan.setEdge(edge.source, edge.target);
  dagre.layout(plan);
  const found = new Map<string, Position>();
  for (const id of names) {
    const { x, y } = plan.node(id) as { x: number; y: number };
    found.set(id, [Math.round(x - width / 2), Math.round(y - height(id) / 2)]);
  }
  straighten(found);
  return moved(found, layout);
}

/** Connections without those that a longer way makes superfluous for the order. */
function withoutShortcuts(names: readonly string[], edges: readonly Edge[]): Edge[] {
  const after = new Map<string, Set<string>>(names.map((id) => [id, new Set<string>()]));
  for (const { source, target } of edges) after.get(source)?.add(target);
  const rank = ranks(names, after);
  const isShortcut = ({ source, target }: Edge): boolean => {
    if ((rank.get(target) ?? 0) - (rank.get(source) ?? 0) < 2) return false;
    const seen = new Set<string>();
    const open = [...(after.get(source) ?? [])].filter((id) => id !== target);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === target) return true;
      if (seen.has(at) || (rank.get(at) ?? 0) >= (rank.get(target) ?? 0)) continue;
      seen.add(at);
      open.push(...(after.get(at) ?? []));
    }
    return false;
  };
  return edges.filter((edge) => !isShortcut(edge));
}

/** How many blocks stand before each one on the longest way; in a cycle as far as it goes. */
function ranks(
  names: readonly string[],
  after: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, number> {
  const rank = new Map(names.map((id) => [id, 0]));
  const waiting = new Map(names.map((id) => [id, 0]));
  for (const targets of after.values()) for (const id of targets) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  const ready = names.filter((id) => waiting.get(id) === 0);
  for (const id of ready) {
    for (const target of after.get(id) ?? []) {
      rank.set(target, Math.max(rank.get(target) ?? 0, (rank.get(id) ?? 0) + 1));
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  return rank;
}

/** Let columns that are nearly one be one, to the pixel. */
function straighten(found: Map<string, Position>): void {
  const columns: number[] = [];
  for (const [, at] of [...found].sort(([, one], [, other]) => one[0] - other[0])) {
    const last = columns.at(-1);
    if (last === undefined || at[0] - last > NEAR) columns.push(at[0]);
    at[0] = columns.at(-1) ?? at[0];
  }
}

/** The same with the upper left corner where it was. */
function moved(found: ReadonlyMap<string, Position>, layout: Experiment["layout"]): Record<string, Position> {
  const old = [...found.keys()].flatMap((id) => {
    const at = own(layout, id);
    return at ? [at] : [];
  });
  if (old.length === 0) return Object.fromEntries(found);
  const shift = [0, 1].map(
    (axis) =>
      Math.min(...old.map((at) => at[axis] ?? 0)) -
      Math.min(...[...found.values()].map((at) => at[axis] ?? 0)),
  );
  const places = [...found].map(([id, [x, y]]): [string, Position] => [
    id,
    [Math.round(x + (shift[0] ?? 0)), Math.round(y + (shift[1] ?? 0))],
  ]);
  return Object.fromEntries(
    places.filter(([id, [x, y]]) => {
      const at = own(layout, id);
      return !at || at[0] !== x || at[1] !== y;
    }),
  );
}
