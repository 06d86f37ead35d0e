/** One hint at a time, at the foot of the canvas. */

import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { guide, learn, learned, useLearned } from "../canvas/learned";
import { announce } from "../canvas/live";
import { useCanvas, useCanvasStore, useT } from "../context";
import { Icon } from "../icons";
import { ENOUGH, HINTS, type HintName, type Past, passed } from "./moments";

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
  const [past, setPast] = useState<Past>({ added: 0, removed: false });

  useEffect(
    () =>
      store.subscribe((now, before) => {
        if (now.revision === before.revision) return;
        for (const hint of HINTS) if (hint.did(before, now)) count(hint.name, 1);
        setPast((old) => passed(old, before, now));
      }),
    [store],
  );
  useEffect(() => {
    const widget = root.current;
    const search = (event: Event): void => {
      const target = event.target as HTMLElement;
      if (target.dataset.testid === "blockml-palette-search") count("find", 1);
    };
    widget?.addEventListener("change", search);
    return () => widget?.removeEventListener("change", search);
  }, [root]);

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
  if (text === "") return null;
  return (
    <aside className="bm-hint" data-testid="blockml-hint" data-hint={offers ? "tour" : name}>
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
