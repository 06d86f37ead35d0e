/** What the card of a group shows besides what every card does; and the names of the ports inside of one. */

import { Handle, Position, useReactFlow, useUpdateNodeInternals } from "@xyflow/react";
import { type ReactElement, useEffect, useRef } from "react";
import { useActions, useCanvas, useLanguage, useT } from "../context";
import { own, renameNode } from "../document";
import { familyColour } from "../families";
import { shape, count as written } from "../format";
import { Icon } from "../icons";
import { isName } from "../names";
import { order } from "../order";
import { ParamField } from "../panels/ParamField";
import {
  type End,
  MAX_REPEAT,
  mayRepeat,
  PORT_BLOCKS,
  portsInUse,
  portsOf,
  setRepeat,
  setTitle,
} from "../ports";
import type { BlockEntry, Diagnostic, Graph, Node, Param, Port } from "../protocol";
import { graphOf, pathOf, stateOf } from "../scope";
import { blockName, problemText } from "../texts";
import { focusCard } from "./focus";
import { InlineName } from "./InlineName";
import { flowId } from "./ids";

/** The name on a card: fixed for a block, changed in place for a group and for the ports inside of one. */
export function CardName({ node, title }: { node: Node; title: string }): ReactElement {
  if (graphOf(node)) return <GroupName node={node} />;
  if (Object.values(PORT_BLOCKS).includes(node.block)) return <PortName node={node} />;
  return (
    <span className="bm-node-name" title={title}>
      {node.block}
    </span>
  );
}

function GroupName({ node: { id, title } }: { node: Node }): ReactElement {
  const t = useT();
  const language = useLanguage();
  const { edit } = useActions();
  const flow = useReactFlow();
  return (
    <InlineName
      value={title}
      shown={title && blockName(title, language)}
      placeholder={t("ui.names.Group")}
      label={t("ui.group.title")}
      testid={`blockml-group-title-${id}`}
      onChange={(text) => edit((view) => setTitle(view, id, text), `title.${id}`)}
      onEnter={(_, root) => focusCard(root, flow, id)}
    />
  );
}

function PortName({ node }: { node: Node }): ReactElement {
  const t = useT();
  const { edit, select } = useActions();
  const flow = useReactFlow();
  const taken = useCanvas((canvas) => canvas.view.graph.nodes);
  return (
    <>
      <span className="bm-port-end">{t(`ui.names.${node.block}`)}</span>
      <InlineName
        value={node.id}
        label={t("ui.group.port")}
        testid={`blockml-port-name-${node.id}`}
        fits={(text) => isName(text) && !taken.some((each) => each.id === text)}
        onChange={(text) => {
          edit((view) => renameNode(view, node.id, text));
          select([text]);
        }}
        onEnter={(text, root) => focusCard(root, flow, text)}
      />
    </>
  );
}

/** The ports at one end of a card, side by side; those of a group have names. */
export function Ports({ node, end, ports }: { node: Node; end: End; ports: readonly Port[] }): ReactElement {
  const isGroup = graphOf(node) !== null;
  return (
    <>
      {ports.map((port, at) => (
        <Handle
          key={port.name}
          id={port.name}
          type={end === "inputs" ? "target" : "source"}
          position={end === "inputs" ? Position.Top : Position.Bottom}
          className="bm-port"
          style={ports.length > 1 ? { left: `${(100 * (at + 1)) / (ports.length + 1)}%` } : undefined}
        >
          {isGroup ? (
            <span className={`bm-port-name bm-port-name-${end}`} data-many={ports.length > 1}>
              {port.name}
            </span>
          ) : null}
        </Handle>
      ))}
    </>
  );
}

/** The ports of a block that the catalogue does not know: its connections are seen all the same. */
export function UnknownPorts({ node, end }: { node: Node; end: End }): ReactElement {
  const graph = useCanvas((canvas) => canvas.view.graph);
  return <Ports node={node} end={end} ports={portsInUse(graph, node.id, end)} />;
}

/** What is inside of a group, seen from outside. */
export function GroupBody({
  node,
  entry,
}: {
  node: Node;
  entry: BlockEntry | undefined;
}): ReactElement | null {
  const t = useT();
  const { id } = node;
  const { enter } = useActions();
  const [input, output] = [entry?.inputs[0]?.name ?? "", entry?.outputs[0]?.name ?? ""];
  // Both together have one line of the card.
  const [came, left] = [useShape(id, input), useShape(id, output)];
  const weights = useCanvas((canvas) => stateOf(canvas, id)?.parameters ?? 0);
  const update = useUpdateNodeInternals();
  const ports = JSON.stringify([entry?.inputs, entry?.outputs]);
  const known = useRef(ports);
  useEffect(() => {
    if (known.current === ports) return;
    known.current = ports;
    // Connections end at ports that have moved.
    update(flowId(id));
  }, [ports, id, update]);
  const graph = graphOf(node);
  if (!graph) return null;
  const count = graph.nodes.length - portsOf(graph, "inputs").length - portsOf(graph, "outputs").length;
  return (
    <div className="bm-group">
      <div className="bm-group-inside">
        <Stack graph={graph} />
        <span className="bm-group-facts">
          <span className="bm-group-count">
            {t("ui.group.blocks", { count })}
            <button
              type="button"
              className="bm-group-open nodrag nopan"
              title={t("ui.group.open_help")}
              aria-label={t("ui.group.open_help")}
              data-testid={`blockml-group-open-${id}`}
              tabIndex={-1}
              onClick={() => enter(id)}
            >
              <Icon name="enter" size={13} />
            </button>
          </span>
          <span className="bm-group-shapes">
            {came} → {left}
          </span>
        </span>
      </div>
      <div className="bm-group-foot">
        <Repeat node={node} graph={graph} />
        {weights > 0 ? <span>{t("ui.node.weights", { count: written(weights) })}</span> : null}
      </div>
    </div>
  );
}

/** The shape at a port, written close. */
function useShape(id: string, port: string): string {
  return useCanvas((canvas) => shape(own(stateOf(canvas, id)?.shapes, port)).replaceAll(" ", ""));
}

/** How often a group is repeated, as a pill. */
function Repeat({ node, graph }: { node: Node; graph: Graph }): ReactElement | null {
  const param = useRepeatParam();
  const { edit } = useActions();
  if (!mayRepeat(graph) && node.repeat === 1) return null;
  return (
    <ParamField
      param={param}
      value={node.repeat}
      compact
      strict
      testid={`blockml-group-repeat-${node.id}`}
      onChange={(value) => edit((view) => setRepeat(view, node.id, Number(value)), `repeat.${node.id}`)}
    />
  );
}

/** The repetition of a group as a parameter, so that it is edited as parameters are. */
export function useRepeatParam(): Param {
  const t = useT();
  const text = (end: "" | "_help"): Param["title"] => {
    const found = t(`ui.group.repeat${end}`);
    return { en: found, ko: found };
  };
  return {
    name: "repeat",
    kind: "integer",
    default: 1,
    minimum: 1,
    maximum: MAX_REPEAT,
    exclusive: false,
    choices: [],
    lengths: [],
    suggestions: [1, 2, 3, 4, 6, 8],
    unit: null,
    primary: true,
    group: "",
    only: {},
    title: text(""),
    description: text("_help"),
  };
}

/** Most bars of a picture, the height that they share, and their width, in pixels. */
const BARS = { most: 9, height: 34, width: 26 };

/** The blocks of a group as a stack of bars in the colours of their families. */
function Stack({ graph }: { graph: Graph }): ReactElement {
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const families = new Map(blocks.map((entry) => [entry.name, entry.family]));
  const names = new Map(graph.nodes.map((node) => [node.id, node.block]));
  const inner = order(graph).filter((id) => !Object.values(PORT_BLOCKS).includes(names.get(id) ?? ""));
  const shown = inner.slice(0, BARS.most);
  const step = BARS.height / Math.max(4, shown.length);
  return (
    <svg className="bm-group-stack" width={BARS.width} height={BARS.height} aria-hidden="true">
      <path d={`M${BARS.width / 2} 0V${BARS.height}`} />
      {shown.map((id, at) => (
        <rect
          key={id}
          style={familyColour(families.get(names.get(id) ?? ""))}
          y={at * step + (BARS.height - shown.length * step) / 2 + 0.5}
          width={BARS.width}
          height={Math.max(2, step - 2)}
          rx={Math.min(2.5, step / 2 - 0.5)}
        />
      ))}
    </svg>
  );
}

/** Says on the card of a group what is wrong inside of it, and leads there. */
export function InnerProblem({ problem }: { problem: Diagnostic }): ReactElement {
  const t = useT();
  const language = useLanguage();
  const { jump } = useActions();
  const path = useCanvas((canvas) => problem.node?.slice(pathOf(canvas.scope, "").length) ?? "");
  return (
    <div className={`bm-node-problem bm-node-problem-${problem.severity}`}>
      <span className="bm-node-problem-text">
        <Icon name="warning" size={13} />
        <span>
          <b>{path.split("/").slice(1).join(" / ")}</b>{" "}
          {problemText(problem, "message", language) || problem.code}
        </span>
      </span>
      <button
        type="button"
        className="bm-fix nodrag nopan"
        data-testid="blockml-group-problem"
        tabIndex={-1}
        onClick={() => jump(problem.node ?? "")}
      >
        {t("ui.group.show")}
      </button>
    </div>
  );
}
