/** Which part of a network is in view when it comes, and when somebody comes back to it. */

import { useNodesInitialized, useReactFlow, type Viewport } from "@xyflow/react";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useCanvasStore } from "../context";
import type { Experiment } from "../protocol";
import { focusCard } from "./focus";
import { BUTTONS } from "./room";

/** Smallest zoom at which a new network is shown whole; under it the text is too small to read. */
const READABLE = 0.62;

/** Keeps where a scope is left, and says where it was left before. */
export function useLeftView(
  scope: string,
  views: Map<string, Viewport>,
  area: React.RefObject<HTMLDivElement | null>,
): Viewport | undefined {
  const flow = useReactFlow();
  const store = useCanvasStore();
  const left = useRef(views.get(scope));
  useLayoutEffect(() => () => void views.set(scope, flow.getViewport()), [scope, views, flow]);
  useEffect(() => {
    const { selection, view } = store.getState();
    const root = area.current?.closest<HTMLElement>(".blockml");
    const id = selection[0] ?? view.graph.nodes[0]?.id;
    // The card that had the focus went with its scope; the keys must not fall to the notebook.
    if (window.document.activeElement !== window.document.body) return;
    area.current?.focus({ preventScroll: true });
    if (!root || id === undefined) return;
    // Cards are drawn a moment later; one that is looked for before that would be brought into view.
    const soon = requestAnimationFrame(() => requestAnimationFrame(() => focusCard(root, flow, id)));
    return () => cancelAnimationFrame(soon);
  }, [store, flow, area]);
  return left.current;
}

/** Show a network that has just come: the whole of it, or its beginning where it is too tall to read. */
export function useNewView(
  document: Experiment,
  area: React.RefObject<HTMLDivElement | null>,
  isShown: boolean,
  above: number,
): void {
  const flow = useReactFlow();
  const isReady = useNodesInitialized();
  // What is shown already, as it was left or at one of its blocks, stays so.
  const seen = useRef<ReadonlySet<string> | null>(isShown ? null : new Set());
  const wanted = useRef(false);
  useEffect(() => {
    const ids = new Set(document.graph.nodes.map((node) => node.id));
    const before = seen.current ?? ids;
    const known = [...ids].filter((id) => before.has(id)).length;
    // One block more is an edit; a network of which most is new was opened.
    if (known < ids.size / 2) wanted.current = true;
    seen.current = ids;
  }, [document]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cards are measured after the document has changed
  useEffect(() => {
    const box = area.current?.getBoundingClientRect();
    if (!wanted.current || !isReady || !box || box.width === 0) return;
    const drawn = flow.getNodes();
    // The cards of another scope may just have gone; these are not measured yet.
    if (drawn.some((node) => !node.measured?.height)) return;
    wanted.current = false;
    const bounds = flow.getNodesBounds(drawn);
    const margin = 28;
    // In the middle, but not under the buttons.
    const middle = (zoom: number): number => {
      const left = (box.width - bounds.width * zoom) / 2;
      return Math.max(left, Math.min(BUTTONS + margin, box.width - bounds.width * zoom)) - bounds.x * zoom;
    };
    const zoom = Math.min(
      1,
      (box.width - BUTTONS - 2 * margin) / bounds.width,
      (box.height - above - 2 * margin) / bounds.height,
    );
    if (zoom >= READABLE) {
      const y = (box.height + above - bounds.height * zoom) / 2 - bounds.y * zoom;
      void flow.setViewport({ x: middle(zoom), y, zoom });
    } else {
      const near = Math.min(0.9, Math.max(0.5, (box.width - BUTTONS - 2 * margin) / bounds.width));
      void flow.setViewport({ x: middle(near), y: margin + above - bounds.y * near, zoom: near });
    }
  }, [document, isReady, flow, area, above]);
}
