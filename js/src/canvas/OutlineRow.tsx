/** A row of the outline: name, settings, what leaves it, its problem, and what can be done with it. */

import { type ReactElement, useId } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { removeNodes } from "../document";
import { familyColour } from "../families";
import { bearers, type Flag, switchFlag } from "../flags";
import { count, shape } from "../format";
import { Icon } from "../icons";
import { FixButton } from "../panels/FixButton";
import type { Node } from "../protocol";
import { graphOf, pathOf, stateOf } from "../scope";
import { blockName, problemText } from "../texts";
import type { Ask } from "./ask";
import { isBeginning } from "./beginning";
import { describe } from "./describe";
import { entryOf } from "./gestures";
import { flowId } from "./ids";
import { type Row, rowsOf } from "./outline";
import { Pills } from "./Pills";
import { problemsIn } from "./problemsIn";

interface Props {
  row: Row;
  node: Node;
  /** Whether the Tab key leads to it. */
  active: boolean;
  ask: (ask: Ask) => void;
}

export function OutlineRow({ row, node, active, ask }: Props): ReactElement {
  const t = useT();
  const { id } = node;
  const label = useId();
  const language = useLanguage();
  const entry = useCanvas((canvas) => entryOf(canvas.catalogue.blocks, node));
  const text = useCanvas((canvas) => describe(node, canvas));
  const selected = useCanvas((canvas) => canvas.selection.includes(id));
  const { select } = useActions();
  const port = (entry?.outputs[0] ?? entry?.inputs[0])?.name ?? "";
  const output = useCanvas((canvas) => shape(stateOf(canvas, id)?.shapes[port]));
  const weights = useCanvas((canvas) => stateOf(canvas, id)?.parameters ?? 0);
  const problem = useCanvas((canvas) =>
    canvas.analysis && !isBeginning(canvas) ? problemsIn(canvas.analysis, canvas.scope).get(id) : undefined,
  );
  return (
    <li style={{ ...familyColour(entry?.family), "--bm-depth": row.depth } as React.CSSProperties}>
      {/* biome-ignore lint/a11y/useSemanticElements: a row with fields is a group, but no form of its own */}
      <div
        className="bm-row"
        role="group"
        aria-roledescription={t("ui.access.card.kind")}
        aria-labelledby={label}
        tabIndex={active ? 0 : -1}
        data-id={flowId(id)}
        data-testid={`blockml-row-${id}`}
        data-selected={selected}
        data-problem={problem?.severity}
        onPointerDown={() => select([id])}
      >
        <span id={label} className="bm-hidden" aria-hidden="true">
          {text}
        </span>
        <span className="bm-row-name">
          <b>{blockName(node.title || node.block, language)}</b>
          <small>{id}</small>
          {node.bypassed ? <small className="bm-row-mark">{t("ui.access.card.bypassed")}</small> : null}
          {node.frozen ? <small className="bm-row-mark">{t("ui.access.card.frozen")}</small> : null}
          {node.repeat > 1 ? (
            <small className="bm-row-mark">{t("ui.access.card.repeat", { count: node.repeat })}</small>
          ) : null}
        </span>
        <Pills node={node} className="bm-row-pills" all={active} stop={active} />
        <span className="bm-row-facts">
          {row.from.length > 0 ? (
            <span className="bm-row-from">
              {t("ui.access.outline.from", { names: row.from.join(" + ") })}
            </span>
          ) : null}
          <span className="bm-row-shape">{output}</span>
          <span className="bm-row-weights">
            {weights > 0 ? t("ui.node.weights", { count: count(weights) }) : ""}
          </span>
        </span>
        {problem ? (
          <span className={`bm-row-problem bm-node-problem-${problem.severity}`}>
            <Icon name="warning" size={13} />
            <span>{problemText(problem, "message", language) || problem.code}</span>
            {problem.fixes.map((fix, index) => (
              <FixButton
                // biome-ignore lint/suspicious/noArrayIndexKey: repairs have no names, and their order stays
                key={index}
                problem={problem}
                fix={fix}
                testid="blockml-fix"
                tabIndex={active ? 0 : -1}
              />
            ))}
          </span>
        ) : null}
        {selected && active ? <Actions node={node} ask={ask} /> : null}
      </div>
      <Inside node={node} />
    </li>
  );
}

/** Everything that can be done with a block, as buttons: for fingers, and for who knows no keys yet. */
function Actions({ node, ask }: Pick<Props, "node" | "ask">): ReactElement {
  const t = useT();
  const { id } = node;
  const { edit, enter } = useActions();
  const mark = (flag: Flag): void => edit((document) => switchFlag(document, [id], flag));
  const canPass = useCanvas((canvas) => bearers(canvas, [id], "bypassed").length > 0);
  const canFreeze = useCanvas((canvas) => bearers(canvas, [id], "frozen").length > 0);
  const actions: [string, () => void, boolean?][] = [
    ["above", () => ask({ kind: "insert", node: id, side: "above" })],
    ["below", () => ask({ kind: "insert", node: id, side: "below" })],
    ["connect", () => ask({ kind: "connect", node: id })],
    ["remove", () => edit((document) => removeNodes(document, [id]))],
  ];
  if (canFreeze) actions.splice(-1, 0, ["freeze", () => mark("frozen"), node.frozen]);
  if (canPass) actions.splice(3, 0, ["bypass", () => mark("bypassed"), node.bypassed]);
  if (graphOf(node)) actions.unshift(["open", () => enter(id)]);
  return (
    <span className="bm-row-actions" role="toolbar" aria-label={t("ui.access.outline.actions", { node: id })}>
      {actions.map(([name, act, pressed]) => (
        <button
          key={name}
          type="button"
          className="bm-button bm-button-quiet"
          data-testid={`blockml-row-${name}`}
          aria-pressed={pressed}
          onClick={act}
        >
          {t(`ui.access.outline.${name}`)}
        </button>
      ))}
    </span>
  );
}

/** What stands in a group; each line leads into it. */
function Inside({ node }: { node: Node }): ReactElement | null {
  const t = useT();
  const { jump } = useActions();
  const scope = useCanvas((canvas) => canvas.scope);
  const language = useLanguage();
  const graph = graphOf(node);
  if (!graph) return null;
  const path = pathOf(scope, node.id);
  const names = new Map(graph.nodes.map((each) => [each.id, each]));
  return (
    <ul className="bm-row-inside" aria-label={t("ui.access.outline.inside", { node: node.id })}>
      {rowsOf(graph).map((row) => {
        const inner = names.get(row.id);
        return inner ? (
          <li key={row.id} style={{ "--bm-depth": row.depth } as React.CSSProperties}>
            <button type="button" onClick={() => jump(`${path}/${row.id}`)}>
              {blockName(inner.title || inner.block, language)} <small>{row.id}</small>
            </button>
          </li>
        ) : null;
      })}
    </ul>
  );
}
