/** One card at a time is a stop of the Tab key; the arrow keys lead to the others. */

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useId, useMemo, useRef, useState } from "react";
import { useCanvas, useT } from "../context";
import type { Experiment } from "../protocol";
import { endsOf } from "./describe";
import { focusCard, inFocus } from "./focus";
import { nodeId } from "./ids";

/** When, in milliseconds, a card is gone that the document has no more. */
const GONE = 60;

/** What the cards have in common for a screen reader. */
export interface Roving {
  /** The card that Tab leads to. */
  active: string;
  /** Begin of the ids under which the descriptions of cards stand. */
  prefix: string;
  /** What a card is called. */
  kind: string;
}

/** Follow the focus in the canvas; when its card is removed, what fed that has it next. */
export function useRoving(document: Experiment, area: RefObject<HTMLElement | null>): Roving {
  const t = useT();
  const flow = useReactFlow();
  const prefix = useId();
  const selected = useCanvas((canvas) => canvas.selection.at(-1));
  const [focused, setFocused] = useState<string | null>(null);
  const last = useRef({ document, inside: false });
  const { nodes } = document.graph;
  const has = (id: string | null | undefined): id is string =>
    typeof id === "string" && nodes.some((node) => node.id === id);
  const active = has(focused) ? focused : has(selected) ? selected : (nodes[0]?.id ?? "");

  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const look = (event: FocusEvent): void => {
      const card = event.target instanceof Element ? event.target.closest(".react-flow__node") : null;
      last.current.inside = card !== null;
      if (card) setFocused(nodeId(card.getAttribute("data-id") ?? ""));
    };
    // A card that is removed loses the focus without telling where it goes; a person tells.
    const leave = (event: FocusEvent): void => {
      if (event.relatedTarget !== null) last.current.inside = false;
    };
    element.addEventListener("focusin", look);
    element.addEventListener("focusout", leave);
    return () => {
      element.removeEventListener("focusin", look);
      element.removeEventListener("focusout", leave);
    };
  }, [area]);

  useEffect(() => {
    const { document: old, inside } = last.current;
    last.current.document = document;
    const alive = new Set(document.graph.nodes.map((node) => node.id));
    if (!inside || focused === null || alive.has(focused)) return;
    const { from, to } = endsOf(old.graph);
    const linked = [...(from.get(focused) ?? []), ...(to.get(focused) ?? [])].find((id) => alive.has(id));
    const near = linked ?? nearest(old, focused, alive);
    const root = area.current?.closest<HTMLElement>(".blockml");
    if (near === undefined || !root) return;
    // The card itself goes a moment after the document has changed.
    const timer = setTimeout(() => {
      const now = inFocus();
      if (now === null || now === window.document.body || now === area.current) focusCard(root, flow, near);
    }, GONE);
    return () => clearTimeout(timer);
  }, [document, area, flow, focused]);

  const kind = t("ui.access.card.kind");
  return useMemo(() => ({ active, prefix, kind }), [active, prefix, kind]);
}

/** The card that stood nearest to one that is gone. */
function nearest({ layout }: Experiment, gone: string, alive: ReadonlySet<string>): string | undefined {
  const [x, y] = layout[gone] ?? [0, 0];
  const far = (id: string): number => Math.hypot((layout[id]?.[0] ?? x) - x, (layout[id]?.[1] ?? y) - y);
  return [...alive].sort((one, other) => far(one) - far(other))[0];
}

/** The id under which the description of a card stands. */
export function labelId(prefix: string, id: string): string {
  return prefix + encodeURIComponent(id);
}

/** Attributes of the element that React Flow makes for a card; the same object while nothing changes. */
export function attributes(
  id: string,
  { active, prefix, kind }: Roving,
  old: Record<string, unknown> = {},
): Record<string, unknown> {
  const tabIndex = id === active ? 0 : -1;
  if (old.tabIndex === tabIndex && old["aria-roledescription"] === kind) return old;
  return { tabIndex, "aria-roledescription": kind, "aria-labelledby": labelId(prefix, id) };
}
