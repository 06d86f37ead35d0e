/** The outline as the second view of the network, and the choice between the two. */

import { useReactFlow } from "@xyflow/react";
import { type ReactElement, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useCanvasStore, useT } from "../context";
import { Icon } from "../icons";
import { recall, remember } from "../keep/memory";
import { CARD, focusCard, focusRow, inFocus } from "./focus";
import { nodeId } from "./ids";

/** Frames that a view may take until it is drawn; the outline comes from the kernel the first time. */
const LATE = 90;

/** Whether the outline stands in the place of the canvas; the browser remembers it. */
export function useOutline(root: RefObject<HTMLElement | null>): { outline: boolean; turn: () => void } {
  const store = useCanvasStore();
  const flow = useReactFlow();
  const [outline, setOutline] = useState(() => recall("outline") === "true");
  const wanted = useRef<string | null>(null);
  const turn = useCallback(() => {
    const now = inFocus();
    const inside = root.current?.querySelector(".bm-stage")?.contains(now);
    const { selection, view } = store.getState();
    const focused = now?.closest<HTMLElement>(CARD)?.dataset.id;
    const id = focused === undefined ? (selection.at(-1) ?? view.graph.nodes[0]?.id) : nodeId(focused);
    wanted.current = inside ? (id ?? null) : null;
    setOutline((old) => !old);
  }, [root, store]);
  // Who was in the one view goes on at the same block of the other, once that is drawn.
  useEffect(() => {
    const id = wanted.current;
    wanted.current = null;
    if (id === null || !root.current) return;
    if (outline) focusRow(root.current, id, LATE);
    else focusCard(root.current, flow, id, LATE);
  }, [outline, flow, root]);
  useEffect(() => remember("outline", String(outline)), [outline]);
  return { outline, turn };
}

/** Changes between the two views. */
export function OutlineButton({ outline, turn }: { outline: boolean; turn: () => void }): ReactElement {
  const t = useT();
  return (
    <button
      type="button"
      className="bm-tool"
      data-testid="blockml-view-outline"
      aria-pressed={outline}
      aria-label={t("ui.access.outline.button")}
      title={t(outline ? "ui.access.outline.leave" : "ui.access.outline.show")}
      onClick={turn}
    >
      <Icon name="outline" />
      <span>{t("ui.access.outline.button")}</span>
    </button>
  );
}
