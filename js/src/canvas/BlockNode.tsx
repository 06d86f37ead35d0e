/** The card of a node: name, a quiet fact, the settings that matter, its problem. */

import { type NodeProps, useReactFlow } from "@xyflow/react";
import { memo, type ReactElement, useRef } from "react";
import { useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { factsOf } from "../data";
import { nodeOf, own } from "../document";
import { familyColour } from "../families";
import type { Flag } from "../flags";
import { count, shape } from "../format";
import { Icon, type IconName } from "../icons";
import { FixButton } from "../panels/FixButton";
import type { BlockEntry, Diagnostic, Node } from "../protocol";
import { graphOf, pathOf, stateOf } from "../scope";
import type { CanvasStore } from "../store";
import { blockName, pick, problemText } from "../texts";
import { look } from "./actions";
import { isBeginning } from "./beginning";
import { describe } from "./describe";
import { useDeskStore } from "./desk";
import { CardName, GroupBody, InnerProblem, Ports, UnknownPorts } from "./GroupCard";
import { entryOf } from "./gestures";
import { nodeId } from "./ids";
import { LearnButton } from "./LearnButton";
import { Pills } from "./Pills";
import { problemsIn } from "./problemsIn";
import { useHeat } from "./useHeat";

type CardProps = Pick<NodeProps, "id" | "data" | "selected">;

/** A node of the graph. React Flow moves it; of where it stands the card knows nothing. */
export const BlockNode = memo(function BlockNode({ id: name, data, selected }: CardProps): ReactElement {
  const id = nodeId(name);
  const store = useCanvasStore();
  const made = useRef(data.node as Node);
  // From the document, which is ahead of React Flow by a frame; a card that goes stays as it was.
  const node = useCanvas((canvas) => nodeOf(canvas.view.graph, id) ?? made.current);
  made.current = node;
  const entry = useCanvas((canvas) => entryOf(canvas.catalogue.blocks, node));
  const language = useLanguage();
  const problem = useCanvas((canvas: CanvasStore) =>
    canvas.analysis && !isBeginning(canvas) ? problemsIn(canvas.analysis, canvas.scope).get(id) : undefined,
  );
  const heat = useHeat(id);
  // Each scope has cards of its own, so it need not be watched.
  const isInside = problem !== undefined && problem.node !== pathOf(store.getState().scope, id);
  const state = problem ? ` bm-node-${problem.severity}` : "";
  const label = useCanvas((canvas) => describe(node, canvas));
  const block = blockName(node.block, language);
  const title = entry ? `${block}: ${pick(entry.summary, language)}` : block;
  return (
    <div
      className={`bm-node${selected ? " bm-node-selected" : ""}${state}${entry?.family === "data" ? " bm-node-end" : ""}${node.bypassed ? " bm-node-bypassed" : ""}`}
      style={familyColour(entry?.family)}
      data-testid={`blockml-node-${id}`}
      data-block={node.block}
      data-heat={heat?.shade}
      data-copies={graphOf(node) ? node.repeat : undefined}
    >
      <span id={data.label as string} className="bm-hidden" aria-hidden="true">
        {label}
      </span>
      {entry ? (
        <Ports node={node} end="inputs" ports={entry.inputs} />
      ) : (
        <UnknownPorts node={node} end="inputs" />
      )}
      <div className="bm-node-head">
        <CardName node={node} title={title} />
        {node.frozen ? <Mark name="frozen" icon="freeze" /> : null}
        {node.bypassed ? <Mark name="bypassed" icon="bypass" /> : null}
        <Fact id={id} node={node} entry={entry} heat={heat?.text} />
      </div>
      <Pills node={node} className="bm-node-pills" />
      <GroupBody node={node} entry={entry} />
      {problem ? isInside ? <InnerProblem problem={problem} /> : <NodeProblem problem={problem} /> : null}
      <LearnButton id={id} block={block} />
      {entry ? (
        <Ports node={node} end="outputs" ports={entry.outputs} />
      ) : (
        <UnknownPorts node={node} end="outputs" />
      )}
      {entry?.inputs.length ? <Plus id={id} side="above" corner={entry.inputs.length > 1} /> : null}
      {entry?.outputs.length ? <Plus id={id} side="below" corner={entry.outputs.length > 1} /> : null}
    </div>
  );
}, isSame);

function isSame(one: CardProps, other: CardProps): boolean {
  return one.id === other.id && one.data === other.data && one.selected === other.selected;
}

/** Says that a block is frozen or bypassed. */
function Mark({ name, icon }: { name: Flag; icon: IconName }): ReactElement {
  const t = useT();
  const text = t(`ui.edit.marks.${name}`);
  return (
    <span className={`bm-mark bm-mark-${name}`} role="img" aria-label={text} title={text}>
      <Icon name={icon} size={14} />
    </span>
  );
}

interface PlusProps {
  id: string;
  side: "above" | "below";
  /** Out of the way of several ports. */
  corner: boolean;
}

/** Looks for a block that goes right above or below this one. */
function Plus({ id, side, corner }: PlusProps): ReactElement {
  const t = useT();
  const desk = useDeskStore();
  const flow = useReactFlow();
  const text = t(`ui.edit.insert_${side}`);
  return (
    <button
      type="button"
      // The keys have A for it; a stop at each card twice would be in the way.
      tabIndex={-1}
      className={`bm-plus bm-plus-${side}${corner ? " bm-plus-corner" : ""} nodrag nopan`}
      data-testid={`blockml-plus-${side}-${id}`}
      title={text}
      aria-label={text}
      onClick={() => look({ desk, flow }, id, side)}
    >
      <Icon name="plus" size={12} />
    </button>
  );
}

interface FactProps {
  id: string;
  node: Node;
  entry: BlockEntry | undefined;
  /** What stands there while the cards have heat colours. */
  heat: string | undefined;
}

/** The quiet fact beside the name: weights, or at the two ends what they stand for. */
function Fact({ id, node, entry, heat }: FactProps): ReactElement {
  const t = useT();
  const weights = useCanvas((canvas) => stateOf(canvas, id)?.parameters ?? 0);
  const output = useCanvas((canvas) => {
    const port = entry?.outputs[0]?.name ?? entry?.inputs[0]?.name ?? "y";
    return shape(own(stateOf(canvas, id)?.shapes, port));
  });
  const end = useCanvas((canvas) => {
    if (entry?.family !== "data") return "";
    const data = factsOf(canvas.document.data, canvas.catalogue.data, canvas.language);
    if (!data) return "";
    return entry.inputs.length === 0 ? data.title : t("ui.node.classes", { count: data.classes.length });
  });
  return (
    <span className="bm-node-fact">
      <span title={node.id}>
        {heat ?? (end || (weights > 0 && !node.graph ? t("ui.node.weights", { count: count(weights) }) : ""))}
      </span>
      <span className="bm-hidden" data-testid={`blockml-node-shape-${id}`}>
        {output}
      </span>
    </span>
  );
}

/** One sentence and one button; the list below the canvas has the rest. */
function NodeProblem({ problem }: { problem: Diagnostic }): ReactElement {
  const language = useLanguage();
  const fix = problem.fixes[0];
  return (
    <div className={`bm-node-problem bm-node-problem-${problem.severity}`}>
      <span className="bm-node-problem-text">
        <Icon name="warning" size={13} />
        <span>{problemText(problem, "message", language) || problem.code}</span>
      </span>
      {fix ? <FixButton problem={problem} fix={fix} testid="blockml-fix" tabIndex={-1} /> : null}
    </div>
  );
}
