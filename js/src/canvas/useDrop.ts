/** Dropping a block of the palette: onto the canvas, into a connection, under a card. */

import { type Edge as FlowEdge, useReactFlow } from "@xyflow/react";
import { useContext, useEffect } from "react";
import { own, type Position } from "../document";
import { type Heights, SETTINGS_HEIGHT, WIDTH } from "../place";
import type { Edge, Experiment } from "../protocol";
import { type CanvasStore, useCanvasStore } from "../store";
import { type Drag, DragContext } from "./drag";
import { dropAt } from "./gestures";
import { problemsIn } from "./problemsIn";
import { drawn, meant, type Step } from "./spread";

/** How near, in pixels, a dragged block must come to a connection to go into it. */
const CATCH = 30;

/** The name of a connection on the canvas. */
export const edgeId = (edge: Edge): string =>
  JSON.stringify([edge.source, edge.source_port, edge.target, edge.target_port]);

/** Let a block of the palette fall onto the canvas, and show meanwhile into which connection it would go. */
export function useDrop(
  area: React.RefObject<HTMLDivElement | null>,
  setEdges: (change: (old: FlowEdge[]) => FlowEdge[]) => void,
  steps: { readonly current: readonly Step[] },
): void {
  const store = useCanvasStore();
  const drags = useContext(DragContext);
  const flow = useReactFlow();
  useEffect(() => {
    if (!drags) return;
    let shown: Edge | null = null;
    const mark = (edge: Edge | null): void => {
      if (edge === shown) return;
      shown = edge;
      const id = edge ? edgeId(edge) : "";
      setEdges((old) =>
        old.map((each) =>
          (each.data?.drop === true) === (each.id === id)
            ? each
            : { ...each, data: { ...each.data, drop: each.id === id } },
        ),
      );
    };
    const follow = ({ drag }: { drag: Drag | null }): void => {
      const inside = drag !== null && isInside(area.current, drag);
      if (!inside) {
        mark(null);
        return;
      }
      const at = flow.screenToFlowPosition(drag);
      const state = store.getState();
      const onto = nearest(state.view, state.heights, at.x, at.y, steps.current);
      mark(drag.dropped ? null : onto);
      if (!drag.dropped) return;
      let made = "";
      state.edit((document) => {
        const corner: Position = [Math.round(at.x - WIDTH / 2), Math.round(meant(steps.current, at.y - 20))];
        const { blocks } = state.catalogue;
        const added = dropAt(document, blocks, drag.entry, corner, onto, plainHeights(state));
        made = added.id;
        return added.document;
      });
      state.select([made]);
    };
    return drags.subscribe(follow);
  }, [area, drags, flow, setEdges, steps, store]);
}

/** Heights as they are without problems: a card that shows one is taller than it will be. */
function plainHeights({ analysis, heights, scope }: CanvasStore): Heights {
  const plain = new Map(heights);
  for (const id of analysis ? problemsIn(analysis, scope).keys() : []) {
    plain.set(id, Math.min(plain.get(id) ?? SETTINGS_HEIGHT, SETTINGS_HEIGHT));
  }
  return plain;
}

/** The connection that passes nearest to a point, if one is near. */
function nearest(
  document: Experiment,
  heights: ReadonlyMap<string, number>,
  x: number,
  y: number,
  steps: readonly Step[],
): Edge | null {
  let found: Edge | null = null;
  let best = CATCH;
  for (const edge of document.graph.edges) {
    const [a, b] = [own(document.layout, edge.source), own(document.layout, edge.target)];
    if (!a || !b) continue;
    const from = { x: a[0] + WIDTH / 2, y: drawn(steps, a[1]) + (heights.get(edge.source) ?? 0) };
    const distance = toSegment(x, y, from, { x: b[0] + WIDTH / 2, y: drawn(steps, b[1]) });
    if (distance < best) [found, best] = [edge, distance];
  }
  return found;
}

export interface Point {
  x: number;
  y: number;
}

function toSegment(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1);
  const at = Math.max(0, Math.min(1, along));
  return Math.hypot(x - a.x - at * dx, y - a.y - at * dy);
}

/** Whether a point of the window lies in an element. */
export function isInside(element: Element | null, { x, y }: Point): boolean {
  const box = element?.getBoundingClientRect();
  return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}
