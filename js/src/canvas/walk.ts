/** Where the arrow keys lead from a card: along its connections, else to the nearest card on that side. */

import { own, type Position } from "../document";
import type { Experiment } from "../protocol";

export type Direction = "up" | "down" | "left" | "right";

type View = Pick<Experiment, "graph" | "layout">;

/** The card that an arrow leads to, if there is one. */
export function neighbour({ graph, layout }: View, from: string, direction: Direction): string | null {
  const at = own(layout, from);
  if (!at) return null;
  const along = graph.edges.flatMap((edge) => {
    if (direction === "down") return edge.source === from ? [edge.target] : [];
    return direction === "up" && edge.target === from ? [edge.source] : [];
  });
  const placed = (id: string): Position | undefined => own(layout, id);
  // Of several connections the straightest one; what leads back up in a circle is no way down.
  const straight = along.filter((id) => id !== from && placed(id));
  const aside = (id: string): number => Math.abs((placed(id)?.[0] ?? 0) - at[0]);
  const nearest = straight.sort((one, other) => aside(one) - aside(other))[0];
  if (nearest !== undefined) return nearest;
  let found: string | null = null;
  let best = Number.POSITIVE_INFINITY;
  for (const { id } of graph.nodes) {
    const place = placed(id);
    if (!place || id === from) continue;
    const [dx, dy] = [place[0] - at[0], place[1] - at[1]];
    const [ahead, off] =
      direction === "down"
        ? [dy, dx]
        : direction === "up"
          ? [-dy, dx]
          : direction === "right"
            ? [dx, dy]
            : [-dx, dy];
    const far = ahead + 2 * Math.abs(off);
    if (ahead > 0 && far < best) [found, best] = [id, far];
  }
  return found;
}
