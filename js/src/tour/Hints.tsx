/** One hint at a time, beside the cards. */

import type { ReactFlowState } from "@xyflow/react";
import {
  type CSSProperties,
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useState,
} from "react";
import { guide, learn, learned, useLearned } from "../canvas/learned";
import { announce } from "../canvas/live";
import { useLate } from "../canvas/useLate";
import { useCanvas, useCanvasStore, useT } from "../context";
import { Icon } from "../icons";
import { ENOUGH, HINTS, type HintName, hasBegun, NOTHING, passed } from "./moments";
import { freeSide } from "./place";

/** Where a hint covers no card, as a style; `null` where there is no such place just now. */
function useFreeSide(root: RefObject<HTMLElement | null>): CSSProperties | null {
  const tell = useCallback(
    ({ transform, nodeLookup }: ReactFlowState): string => {
      const area = root.current?.querySelector<HTMLElement>(".bm-stage");
      if (!area || !root.current) return "null";
      const [left, top, zoom] = transform;
      const cards = [...nodeLookup.values()].map(({ internals, measured }) => ({
        x: left + internals.positionAbsolute.x * zoom,
        y: top + internals.positionAbsolute.y * zoom,
        width: (measured.width ?? 0) * zoom,
        height: (measured.height ?? 0) * zoom,
      }));
      const free = freeSide(cards, { width: area.clientWidth, height: area.clientHeight });
      const from = area.offsetLeft + 12;
      const end = root.current.clientWidth - area.offsetLeft - area.clientWidth + 12;
      const at = free?.side === "left" ? { left: from } : { right: end };
      return JSON.stringify(free && { ...at, maxWidth: free.width });
    },
    [root],
  );
  return JSON.parse(useLate(tell)) as CSSProperties | null;
}

/** Count that something was done, or that its hint was closed. */
function count(name: HintName, by: number): void {
  const { done } = learned.getState();
  const before = done[name] ?? 0;
  if (before < ENOUGH) learn({ done: { ...done, [name]: before + by } });
}

export function Hints({ root }: { root: RefObject<HTMLElement | null> }): ReactElement | null {
  const t = useT();
  const store = useCanvasStore();
  const { tour, hints, done } = useLearned((state) => state);
  const isFirst = useCanvas(
    (canvas) => (canvas.folds.start ?? true) && canvas.document.graph.nodes.length < 3,
  );
  const [past, setPast] = useState(NOTHING);

  useEffect(
    () =>
      store.subscribe((now, before) => {
        setPast((old) => passed(old, before, now));
        if (now.revision === before.revision) return;
        for (const hint of HINTS) if (hint.did(before, now)) count(hint.name, 1);
      }),
    [store],
  );
  useEffect(() => {
    if (tour === "new" && hasBegun(past)) learn({ tour: "later", step: 0 });
  }, [tour, past]);
  useEffect(() => {
    const widget = root.current;
    const search = (event: Event): void => {
      const target = event.target as HTMLElement;
      if (target.dataset.testid === "blockml-palette-search") count("find", 1);
    };
    widget?.addEventListener("change", search);
    return () => widget?.removeEventListener("change", search);
  }, [root]);

  const place = useFreeSide(root);
  const name = useCanvas((canvas) =>
    hints && !isFirst
      ? HINTS.find((hint) => (done[hint.name] ?? 0) < ENOUGH && hint.due(canvas, past))?.name
      : undefined,
  );
  const offers = hints && !isFirst && tour === "new";
  const text = offers ? t("ui.hint.tour") : name ? t(`ui.hint.${name}`) : "";
  useEffect(() => {
    if (text !== "") announce(text, "hint");
  }, [text]);
  // Better no hint than one that lies on what it is about; it comes when there is room.
  if (text === "" || !place) return null;
  return (
    <aside style={place} className="bm-hint" data-testid="blockml-hint" data-hint={offers ? "tour" : name}>
      <span>{text}</span>
      {offers ? (
        <button
          type="button"
          className="bm-link"
          data-testid="blockml-hint-tour"
          onClick={() => guide(store.getState().draft.key, 0)}
        >
          {t("ui.hint.show")}
        </button>
      ) : null}
      <button
        type="button"
        className="bm-hint-close"
        aria-label={t("ui.hint.close")}
        data-testid="blockml-hint-close"
        onClick={() => {
          if (offers) learn({ tour: "later", step: 0 });
          else if (name) count(name, ENOUGH);
        }}
      >
        <Icon name="close" size={12} />
      </button>
    </aside>
  );
}
