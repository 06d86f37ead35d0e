/** Dropping a block of the palette: onto the canvas, into a connection, under a card. */

import { useReactFlow } from "@xyflow/react";
import { useContext, useEffect } from "react";
import { useCanvasStore } from "../context";
import type { Position } from "../document";
import { BARE_HEIGHT, type Heights, SETTINGS_HEIGHT, WIDTH } from "../place";
import type { BlockEntry, Edge } from "../protocol";
import type { Store } from "../store";
import { type Aim, aim, type Carried, NEW, type Scene } from "./aim";
import { useDeskStore } from "./desk";
import { type Drag, DragContext } from "./drag";
import { dropAt } from "./gestures";
import { meant, type Step } from "./grownCards";
import { nodeId } from "./ids";

/** The name of a connection on the canvas. */
export const edgeId = (edge: Edge): string =>
  JSON.stringify([edge.source, edge.source_port, edge.target, edge.target_port]);

/** Let a block of the palette fall onto the canvas, and show meanwhile what it would join. */
export function useDrop(
  area: React.RefObject<HTMLDivElement | null>,
  steps: { readonly current: readonly Step[] },
): void {
  const store = useCanvasStore();
  const desk = useDeskStore();
  const drags = useContext(DragContext);
  const flow = useReactFlow();
  useEffect(() => {
    if (!drags) return;
    let over = false;
    const follow = ({ drag }: { drag: Drag | null }): void => {
      if (!drag || !isInside(area.current, drag)) {
        if (over) desk.setState({ aim: null });
        over = false;
        return;
      }
      over = true;
      const at = flow.screenToFlowPosition(drag);
      const card = carried(drag.entry, [at.x - WIDTH / 2, at.y - GRIP]);
      const found = aim(sceneOf(store, steps.current), card, NEW);
      desk.setState({ aim: drag.dropped ? null : { ...found, card } });
      if (drag.dropped) drop(store, drag.entry, found, steps.current, area.current);
    };
    return drags.subscribe(follow);
  }, [area, desk, drags, flow, steps, store]);
}

/** Where on its card, from above, a block of the palette is held, in pixels. */
const GRIP = 20;

/** A block of the palette as a card on its way. */
export function carried(entry: BlockEntry, [x, y]: Position): Carried {
  const bare = !entry.params.some((param) => param.primary);
  return { id: null, entry, x, y, height: bare ? BARE_HEIGHT : SETTINGS_HEIGHT };
}

/** Put a new block down where it was aimed at, and select it. */
export function drop(
  store: Store,
  entry: BlockEntry,
  found: Aim,
  steps: readonly Step[],
  area: HTMLElement | null,
): string {
  const { catalogue, edit, select } = store.getState();
  const at: Position = [Math.round(found.at[0]), Math.round(meant(steps, found.at[1]))];
  let made = "";
  edit((document) => {
    const added = dropAt(document, catalogue.blocks, entry, at, found, plainHeights(store, area));
    made = added.id;
    return added.document;
  });
  select([made]);
  return made;
}

/** What stands on the canvas, as it is drawn. */
export function sceneOf(store: Store, steps: readonly Step[]): Scene {
  const { catalogue, view: document, heights } = store.getState();
  return { document, entries: catalogue.blocks, heights, steps };
}

/** Heights as they are without problems: a card that shows one is taller than it will be. */
export function plainHeights(store: Store, area: HTMLElement | null): Heights {
  const plain = new Map(store.getState().heights);
  for (const problem of area?.querySelectorAll<HTMLElement>(".bm-node-problem") ?? []) {
    const name = problem.closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const id = name === undefined ? "" : nodeId(name);
    plain.set(id, (plain.get(id) ?? SETTINGS_HEIGHT) - problem.offsetHeight);
  }
  return plain;
}

export interface Point {
  x: number;
  y: number;
}

/** Whether a point of the window lies in an element. */
export function isInside(element: Element | null, { x, y }: Point): boolean {
  const box = element?.getBoundingClientRect();
  return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}
