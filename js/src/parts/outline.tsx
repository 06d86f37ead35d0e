/** The network as a text: every block a row, with everything that the canvas can do. */

import { type ReactElement, useEffect, useMemo, useRef } from "react";
import css from "../../style/outline.css";
import type { Ask } from "../canvas/ask";
import { crumbsOf } from "../canvas/Breadcrumb";
import { isBeginning } from "../canvas/beginning";
import { cardOf, focusRow, inFocus } from "../canvas/focus";
import { OutlineRow } from "../canvas/OutlineRow";
import { rowsOf } from "../canvas/outline";
import { useName } from "../canvas/useName";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { bytes, count, flops } from "../format";

export { css };

interface Props {
  ask: (ask: Ask) => void;
}

export default function OutlineView({ ask }: Props): ReactElement {
  const t = useT();
  const view = useCanvas((canvas) => canvas.view);
  const selection = useCanvas((canvas) => canvas.selection);
  const target = useCanvas((canvas) => canvas.target);
  const begins = useCanvas(isBeginning);
  const rows = useMemo(() => rowsOf(view.graph), [view.graph]);
  const root = useRef<HTMLElement>(null);
  const last = useRef(rows);
  const nodes = useMemo(() => new Map(view.graph.nodes.map((node) => [node.id, node])), [view.graph]);
  const active = selection.findLast((id) => nodes.has(id)) ?? rows[0]?.id;

  useEffect(() => {
    // Whoever leads here keeps the focus: a list of problems, or the sheet of one.
    if (target && root.current) cardOf(root.current, target.id)?.scrollIntoView({ block: "nearest" });
  }, [target]);
  // Who deletes the row they are in goes on in the one before.
  useEffect(() => {
    const old = last.current;
    last.current = rows;
    const now = inFocus();
    if (now !== null && now !== document.body && now !== root.current) return;
    const here = new Set(rows.map((row) => row.id));
    const gone = old.findIndex((row) => !here.has(row.id));
    const next = gone < 0 ? undefined : (old.slice(0, gone).findLast((row) => here.has(row.id)) ?? rows[0]);
    if (next && root.current) focusRow(root.current, next.id);
  }, [rows]);

  return (
    <section
      ref={root}
      className="bm-outline-view nowheel"
      data-testid="blockml-outline"
      aria-label={t("ui.access.outline.title")}
    >
      <Trail />
      <p className="bm-outline-help">{t(begins ? "ui.access.outline.begin" : "ui.access.outline.help")}</p>
      <ol className="bm-outline-rows">
        {rows.map((row) => {
          const node = nodes.get(row.id);
          return node ? (
            <OutlineRow key={row.id} row={row} node={node} active={row.id === active} ask={ask} />
          ) : null;
        })}
      </ol>
      <Sums />
    </section>
  );
}

/** The groups that are open, and the way out of them. */
function Trail(): ReactElement | null {
  const t = useT();
  const scope = useCanvas((canvas) => canvas.scope);
  const document = useCanvas((canvas) => canvas.document);
  const top = useName();
  const language = useLanguage();
  const { leave } = useActions();
  if (scope.length === 0) return null;
  const titles = crumbsOf(document, scope, language).map((crumb) => crumb.name);
  return (
    <nav className="bm-outline-trail" aria-label={t("ui.access.outline.trail")}>
      {[top, ...titles].map((name, depth) => {
        const key = scope.slice(0, depth).join("/");
        return depth === scope.length ? (
          <b key={key} aria-current="page">
            {name}
          </b>
        ) : (
          <button key={key} type="button" className="bm-button bm-button-quiet" onClick={() => leave(depth)}>
            {name}
          </button>
        );
      })}
    </nav>
  );
}

function Sums(): ReactElement | null {
  const t = useT();
  const analysis = useCanvas((canvas) => canvas.analysis);
  if (!analysis) return null;
  return (
    <p className="bm-outline-sums">
      {t(analysis.complete ? "ui.access.outline.sums" : "ui.access.outline.sums_so_far", {
        weights: count(analysis.parameters),
        work: flops(analysis.flops),
        memory: bytes(analysis.memory),
      })}
    </p>
  );
}
