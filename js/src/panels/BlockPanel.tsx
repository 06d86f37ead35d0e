/** Block: everything about the selected block, or the network as a whole. */

import { type KeyboardEvent, type ReactElement, useEffect, useState } from "react";
import { duplicate } from "../canvas/actions";
import { entryOf } from "../canvas/gestures";
import { groupChosen } from "../canvas/groupActions";
import { useActions, useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { nodeOf, removeNodes, renameNode, setParam } from "../document";
import { familyColour } from "../families";
import { bytes, count, flops, shape } from "../format";
import { Icon } from "../icons";
import { isName, refused } from "../names";
import { Part } from "../parts";
import type { BlockEntry, Node, Param } from "../protocol";
import { graphOf, pathOf, stateOf } from "../scope";
import { blockName, pick } from "../texts";
import { Overview } from "./Overview";
import { ParamField } from "./ParamField";
import { Problems } from "./Problems";
import type { Value } from "./values";

/** The panel of the selection. */
export function BlockPanel(): ReactElement {
  const t = useT();
  const selection = useCanvas((canvas) => canvas.selection);
  const node = useCanvas((canvas) =>
    canvas.selection.length === 1 ? nodeOf(canvas.view.graph, canvas.selection[0]) : undefined,
  );
  if (node !== undefined) return <NodePanel key={node.id} node={node} />;
  return (
    <div className="bm-block">
      {selection.length > 1 ? (
        <>
          <h2>{t("ui.block.many", { count: selection.length })}</h2>
          <Actions ids={selection} />
        </>
      ) : null}
      <Overview />
    </div>
  );
}

function NodePanel({ node }: { node: Node }): ReactElement {
  const t = useT();
  const language = useLanguage();
  const entry = useCanvas((canvas) => entryOf(canvas.catalogue.blocks, node));
  const { edit } = useActions();
  // The settings that the problems above are about.
  const told = useCanvas(({ analysis, scope }) =>
    analysis?.diagnostics.map((each) => (each.node === pathOf(scope, node.id) ? each.param : "")).join(),
  );
  const change = (name: string, value: Value): void => {
    if (entry)
      edit((document) => setParam(document, node.id, name, value, entry.params), `${node.id}.${name}`);
  };
  const field = (param: Param): ReactElement => (
    <ParamField
      key={param.name}
      param={param}
      value={node.params[param.name]}
      onChange={(value) => change(param.name, value)}
      told={told?.split(",").includes(param.name)}
    />
  );
  const [primary, further] = [
    entry?.params.filter((param) => param.primary) ?? [],
    entry?.params.filter((param) => !param.primary) ?? [],
  ];
  const name = blockName(node.title || node.block, language);
  const family = entry ? t(`families.${entry.family}`) : name;
  return (
    <div className="bm-block">
      <header className="bm-block-head" style={familyColour(entry?.family)}>
        <div className="bm-block-title">
          <h2>{name}</h2>
          {/* Of Linear it would say the same twice. */}
          {family === name ? null : <span className="bm-block-family">{family}</span>}
        </div>
        <NameField id={node.id} />
      </header>
      <p className="bm-block-summary">{entry ? pick(entry.summary, language) : t("ui.block.unknown")}</p>
      <Problems node={node.id} />
      <Facts node={node} entry={entry} />
      {primary.length > 0 ? <div className="bm-block-params">{primary.map(field)}</div> : null}
      {further.length > 0 ? (
        <details
          className="bm-more"
          open={primary.length === 0 || further.some((each) => each.name in node.params)}
        >
          <summary>{t("ui.block.more", { count: further.length })}</summary>
          {further.map(field)}
        </details>
      ) : null}
      {graphOf(node) ? <Part name="group" node={node} /> : null}
      <Actions ids={[node.id]} />
    </div>
  );
}

/** The id of a node; it becomes the name of the layer in the code. */
function NameField({ id }: { id: string }): ReactElement {
  const t = useT();
  const { edit, select, notify } = useActions();
  const taken = useCanvas((canvas) => canvas.view.graph.nodes);
  const [text, setText] = useState(id);
  useEffect(() => setText(id), [id]);
  const usable = isName(text) && !taken.some((node) => node.id === text && text !== id);
  const rename = (): void => {
    if (!usable) {
      setText(id);
      notify({ kind: "info", text: refused(t, text, id) });
    } else if (text !== id) {
      edit((document) => renameNode(document, id, text));
      select([text]);
    }
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") rename();
    if (event.key === "Escape") setText(id);
  };
  return (
    <input
      className="bm-block-id"
      aria-label={t("ui.block.name")}
      title={t("ui.block.name_help")}
      aria-invalid={text !== id && !usable}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={press}
      onBlur={rename}
    />
  );
}

/** What comes in, what goes out and what it costs; of a block that nobody knows, what the file says of it. */
function Facts({ node, entry }: { node: Node; entry: BlockEntry | undefined }): ReactElement | null {
  const t = useT();
  const state = useCanvas((canvas) => stateOf(canvas, node.id));
  const stale = useCanvas((canvas) => canvas.stale);
  const facts: [string, string][] = entry
    ? []
    : Object.entries(node.params).map(([name, value]) => [name, JSON.stringify(value)]);
  for (const port of entry?.inputs ?? []) facts.push([t("ui.block.in"), shape(state?.shapes[port.name])]);
  for (const port of entry?.outputs ?? []) facts.push([t("ui.block.out"), shape(state?.shapes[port.name])]);
  if (state && entry?.inputs.length && entry.outputs.length) {
    // What cannot be computed is not nothing.
    const known = entry.outputs.every((port) => port.name in state.shapes);
    facts.push([t("ui.block.weights"), known ? count(state.parameters) : "?"]);
    facts.push([t("ui.block.work"), known ? flops(state.flops) : "?"]);
    facts.push([t("ui.block.memory"), known ? bytes(state.memory) : "?"]);
  }
  if (facts.length === 0) return null;
  return (
    <dl className="bm-facts" data-stale={stale}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ ids }: { ids: readonly string[] }): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const { edit, select } = useActions();
  const areEnds = useCanvas(({ view, catalogue }) =>
    ids.every((id) => entryOf(catalogue.blocks, nodeOf(view.graph, id))?.family === "data"),
  );
  return (
    <div className="bm-actions">
      {ids.length > 1 ? (
        <button
          type="button"
          className="bm-button"
          data-testid="blockml-group-make"
          title={t("ui.group.make_help")}
          onClick={() => groupChosen({ store })}
        >
          <Icon name="group" />
          <span>{t("ui.group.make")}</span>
        </button>
      ) : null}
      {areEnds ? null : (
        <button
          type="button"
          className="bm-button"
          data-testid="blockml-panel-duplicate"
          onClick={() => duplicate({ store })}
        >
          <Icon name="duplicate" />
          <span>{t("ui.block.duplicate")}</span>
        </button>
      )}
      <button
        type="button"
        className="bm-button bm-button-quiet"
        onClick={() => {
          edit((document) => removeNodes(document, ids));
          select([]);
        }}
      >
        <Icon name="trash" />
        <span>{t("ui.block.remove")}</span>
      </button>
    </div>
  );
}
