/** Which part of a network is in view when it comes, and when somebody comes back to it. */

import { useNodesInitialized, useReactFlow, useStore, type Viewport } from "@xyflow/react";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useCanvasStore } from "../context";
import type { Experiment } from "../protocol";
import { useDeskStore } from "./desk";
import { focusCard } from "./focus";
import { flowId } from "./ids";
import { isFarBeyond, opened, resized } from "./viewRoom";

/** What was done last to the view of a scope. */
export interface Last {
  /** The width that the canvas had then; 0 before anything was shown. */
  width: number;
  /** The view that was made to fit. */
  fitted: Viewport | null;
}

/** Where a person left a scope. */
export interface Left extends Last {
  view: Viewport;
}

/** Keeps where a scope is left, and says where it was left before. */
export function useLeftView(
  scope: string,
  views: Map<string, Left>,
  area: React.RefObject<HTMLDivElement | null>,
): { left: Viewport | undefined; last: React.MutableRefObject<Last> } {
  const flow = useReactFlow();
  const store = useCanvasStore();
  const left = useRef(views.get(scope));
  const last = useRef<Last>(left.current ?? { width: 0, fitted: null });
  useLayoutEffect(
    () => () => void views.set(scope, { ...last.current, view: flow.getViewport() }),
    [scope, views, flow],
  );
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
  return { left: left.current?.view, last };
}

/** Show a network that has just come as it fits, and keep it in view when the canvas gets another size. */
export function useFittingView(
  document: Experiment,
  area: React.RefObject<HTMLDivElement | null>,
  isShown: boolean,
  above: number,
  last: React.MutableRefObject<Last>,
): void {
  const flow = useReactFlow();
  const desk = useDeskStore();
  const isReady = useNodesInitialized();
  const size = useStore((state) => `${state.width} ${state.height}`);
  const before = useRef("");
  // What is shown already, as it was left or at one of its blocks, stays so.
  const seen = useRef<ReadonlySet<string> | null>(isShown ? null : new Set());
  const wanted = useRef(false);
  useEffect(() => {
    const ids = new Set(document.graph.nodes.map((node) => node.id));
    const old = seen.current ?? ids;
    const known = [...ids].filter((id) => old.has(id)).length;
    // One block more is an edit; a network of which most is new was opened.
    if (known < ids.size / 2) wanted.current = true;
    seen.current = ids;
  }, [document]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cards are measured after the document has changed
  useEffect(() => {
    // Not what React Flow says: of a canvas that is hidden it says 500.
    const { clientWidth: width = 0, clientHeight: height = 0 } = area.current ?? {};
    if (!isReady || width === 0) return;
    const drawn = flow.getNodes();
    // The cards of what was there before may just have gone; these are not there, or not measured yet.
    const cards = new Set(drawn.flatMap((node) => (node.measured?.height ? [node.id] : [])));
    if (cards.size < drawn.length || document.graph.nodes.some(({ id }) => !cards.has(flowId(id)))) return;
    const bounds = flow.getNodesBounds(drawn);
    const isFirst = before.current === "";
    const isResized = last.current.width !== width || (!isFirst && before.current !== size);
    if (wanted.current || (isResized && isFitted(flow.getViewport(), last.current))) {
      last.current.fitted = opened(bounds, { width, height }, above);
      void flow.setViewport(last.current.fitted);
    } else if (last.current.width > 0 && last.current.width !== width) {
      void flow.setViewport(resized(flow.getViewport(), bounds, last.current.width, width));
    }
    if (wanted.current || isFirst)
      desk.setState({ large: isFarBeyond(bounds, { width, height }, flow.getZoom()) });
    wanted.current = false;
    before.current = size;
    last.current.width = width;
  }, [document, isReady, flow, area, above, size]);
}

/** Whether nobody has moved the view since it was made to fit. */
function isFitted(now: Viewport, { fitted }: Last): boolean {
  return (
    fitted !== null && Math.hypot(now.x - fitted.x, now.y - fitted.y, 1000 * (now.zoom - fitted.zoom)) < 1
  );
}
