/** Dragging a block out of the palette, with mouse, pen or finger. */

import { createContext, type PointerEvent, useContext } from "react";
import { createStore, type StoreApi } from "zustand";
import type { BlockEntry } from "../protocol";

/** A block on its way, at a point of the window. */
export interface Drag {
  entry: BlockEntry;
  x: number;
  y: number;
  /** Whether it was let go at this point. */
  dropped: boolean;
}

export type DragStore = StoreApi<{ drag: Drag | null }>;

/** How far the pointer moves, in pixels, before a press is a drag and no click. */
const SLOP = 5;

/** Make the store of one view; what is dragged in one must not show in another. */
export function createDragStore(): DragStore {
  return createStore<{ drag: Drag | null }>()(() => ({ drag: null }));
}

export const DragContext = createContext<DragStore | null>(null);

/** Handlers for a row of the palette; a press that does not move stays a click. */
export function usePaletteDrag(entry: BlockEntry): { onPointerDown: (event: PointerEvent<Element>) => void } {
  const store = useContext(DragContext);
  const onPointerDown = (event: PointerEvent<Element>): void => {
    if (store === null || event.button !== 0) return;
    const [x0, y0] = [event.clientX, event.clientY];
    const id = event.pointerId;
    let moved = false;
    const move = (next: globalThis.PointerEvent): void => {
      if (next.pointerId !== id) return;
      moved ||= Math.hypot(next.clientX - x0, next.clientY - y0) > SLOP;
      if (moved) store.setState({ drag: { entry, x: next.clientX, y: next.clientY, dropped: false } });
    };
    const end = (next: globalThis.PointerEvent | KeyboardEvent): void => {
      if ("key" in next ? next.key !== "Escape" : next.pointerId !== id) return;
      // It does not leave the group as well.
      if (moved && "key" in next) next.stopPropagation();
      window.removeEventListener("pointermove", move, true);
      window.removeEventListener("pointerup", end, true);
      window.removeEventListener("pointercancel", end, true);
      window.removeEventListener("keydown", end, true);
      if (moved && next.type === "pointerup") {
        const { clientX, clientY } = next as globalThis.PointerEvent;
        store.setState({ drag: { entry, x: clientX, y: clientY, dropped: true } });
        // The click that follows a drag is not one.
        window.addEventListener("click", swallow, { capture: true, once: true });
        setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      }
      store.setState({ drag: null });
    };
    window.addEventListener("pointermove", move, true);
    window.addEventListener("pointerup", end, true);
    window.addEventListener("pointercancel", end, true);
    window.addEventListener("keydown", end, true);
  };
  return { onPointerDown };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
