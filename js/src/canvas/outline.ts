/** The rows of the outline: the network from the data to the classes, branches one after the other. */

import { order } from "../order";
import type { Graph } from "../protocol";

export interface Row {
  id: string;
  /** How many branches the block stands in. */
  depth: number;
  /** What feeds it, where that is not simply the row above. */
  from: readonly string[];
}

/** Rows so that feeders come first and each branch stands together; what is in a circle comes last. */
export function rowsOf(graph: Graph): Row[] {
  const ids = order(graph);
  const known = new Set(ids);
  const [from, to] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const id of ids) {
    from.set(id, []);
    to.set(id, []);
  }
  for (const { source, target } of graph.edges) {
    if (!known.has(source) || !known.has(target)) continue;
    if (!from.get(target)?.includes(source)) from.get(target)?.push(source);
    if (!to.get(source)?.includes(target)) to.get(source)?.push(target);
  }
  const waiting = new Map(ids.map((id) => [id, from.get(id)?.length ?? 0]));
  const rows: Row[] = [];
  const depths = new Map<string, number>();
  // The last one put down is taken first, so a branch is followed to its end before the next begins.
  const open = ids.filter((id) => waiting.get(id) === 0).reverse();
  const take = (id: string): void => {
    const sources = from.get(id) ?? [];
    const levels = sources.map(
      (source) => (depths.get(source) ?? 0) + ((to.get(source)?.length ?? 0) > 1 ? 1 : 0),
    );
    const least = levels.length > 0 ? Math.min(...levels) : 0;
    const depth = levels.length > 1 ? Math.max(0, least - 1) : least;
    const plain =
      sources.length === 0 ? rows.length === 0 : sources.length === 1 && sources[0] === rows.at(-1)?.id;
    depths.set(id, depth);
    rows.push({ id, depth, from: plain ? [] : sources });
  };
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    take(id);
    for (const target of [...(to.get(id) ?? [])].reverse()) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) open.push(target);
    }
  }
  const done = new Set(rows.map((row) => row.id));
  for (const id of ids) if (!done.has(id)) take(id);
  return rows;
}
