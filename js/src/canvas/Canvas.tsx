/** The canvas itself: cards and connections, and everything that a hand does with them. */

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  type Edge as FlowEdge,
  type Node as FlowNode,
  type NodeChange,
  ReactFlow,
  useNodesInitialized,
  useReactFlow,
  type Viewport,
} from "@xyflow/react";
import {
  type FocusEvent,
  type KeyboardEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { connect, disconnect, own, type Position, place, removeNodes } from "../document";
import { Icon } from "../icons";
import type { Edge, Experiment, Node } from "../protocol";
import { type Store, useCanvas, useCanvasStore, useT } from "../store";
import { BlockNode } from "./BlockNode";
import { EmptyState } from "./EmptyState";
import { focusCard } from "./focus";
import { closesCircle, entryOf, join, useDelete } from "./gestures";
import { flowId, nodeId } from "./ids";
import { motion } from "./motion";
import { ShapeEdge } from "./ShapeEdge";
import { learned, likely, MANY } from "./sparse";
import { drawn, meant, type Step } from "./spread";
import { edgeId, isInside, type Point, useDrop } from "./useDrop";
import { attributes, labelId, type Roving, useRoving } from "./useRoving";
import { useSteps } from "./useSteps";

const NODE_TYPES = { block: BlockNode };
const EDGE_TYPES = { shape: ShapeEdge };

/** Smallest zoom at which a new network is shown whole; under it the text is too small to read. */
const READABLE = 0.62;

/** Highest zoom that fitting the view uses: cards larger than life look broken. */
const FIT = { maxZoom: 1, padding: 0.12 };

/** Cards for React Flow; what did not change stays the same object, so that it is not drawn again. */
function flowNodes(
  document: Experiment,
  old: readonly FlowNode[],
  selection: readonly string[],
  steps: readonly Step[],
  roving: Roving,
  guess: (node: Node) => Partial<FlowNode>,
): FlowNode[] {
  const before = new Map(old.map((node) => [nodeId(node.id), node]));
  const chosen = new Set(selection);
  const seen = new Set<string>();
  return document.graph.nodes.flatMap((node) => {
    // Of two nodes with one id the first is drawn; the problem list offers to rename the other.
    if (seen.has(node.id)) return [];
    seen.add(node.id);
    const [x, top] = own(document.layout, node.id) ?? [0, 0];
    const y = drawn(steps, top);
    const last = before.get(node.id);
    const selected = chosen.has(node.id);
    const domAttributes = attributes(node.id, roving, last?.domAttributes);
    if (
      last &&
      last.data.node === node &&
      last.selected === selected &&
      last.domAttributes === domAttributes
    ) {
      if (last.position.x === x && last.position.y === y) return [last];
      return [{ ...last, position: { x, y } }];
    }
    const data = { node, label: labelId(roving.prefix, node.id) };
    const known = last ?? guess(node);
    return [
      { ...known, id: flowId(node.id), type: "block", position: { x, y }, data, selected, domAttributes },
    ];
  });
}

function flowEdges(document: Experiment, old: readonly FlowEdge[]): FlowEdge[] {
  const before = new Map(old.map((edge) => [edge.id, edge]));
  const known = new Set(document.graph.nodes.map((node) => node.id));
  const made = new Map<string, FlowEdge>();
  for (const edge of document.graph.edges) {
    // A connection to nowhere cannot be drawn; the problem list names it.
    if (!known.has(edge.source) || !known.has(edge.target)) continue;
    const id = edgeId(edge);
    const { source_port: sourceHandle, target_port: targetHandle } = edge;
    const [source, target] = [flowId(edge.source), flowId(edge.target)];
    const fresh: FlowEdge = {
      id,
      type: "shape",
      source,
      sourceHandle,
      target,
      targetHandle,
      data: { edge },
      // The cards at both ends name it, and the keys are theirs.
      domAttributes: { "aria-hidden": true },
    };
    made.set(id, before.get(id) ?? fresh);
  }
  return [...made.values()];
}

/** The canvas of the open scope; it stands inside a React Flow provider. */
export function Canvas(): ReactElement {
  const scope = useCanvas((canvas) => canvas.scope.join("/"));
  const views = useRef(new Map<string, Viewport>());
  // Each scope is drawn afresh: its nodes may have the ids of others.
  return <Scene key={scope} scope={scope} views={views.current} />;
}

interface SceneProps {
  scope: string;
  /** Where a person left each scope. */
  views: Map<string, Viewport>;
}

function Scene({ scope, views }: SceneProps): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const document = useCanvas((canvas) => canvas.view);
  const selection = useCanvas((canvas) => canvas.selection);
  const target = useCanvas((canvas) => canvas.target);
  const flow = useReactFlow();
  const steps = useSteps(document);
  const area = useRef<HTMLDivElement>(null);
  const roving = useRoving(document, area);
  const isLarge = document.graph.nodes.length > MANY;
  const guess = useCallback(
    (node: Node) => {
      const { catalogue, heights } = store.getState();
      return isLarge ? likely(node, entryOf(catalogue.blocks, node), heights) : {};
    },
    [store, isLarge],
  );
  const [nodes, setNodes] = useState<FlowNode[]>(() =>
    flowNodes(document, [], selection, steps.list, roving, guess),
  );
  const [edges, setEdges] = useState<FlowEdge[]>(() => flowEdges(document, []));
  const trash = useRef<HTMLButtonElement>(null);

  useEffect(
    () => setNodes((old) => flowNodes(document, old, selection, steps.list, roving, guess)),
    [document, selection, steps.list, roving, guess],
  );
  useEffect(() => setEdges((old) => flowEdges(document, old)), [document]);
  useEffect(() => {
    if (!target) return;
    void flow.fitView({
      nodes: [{ id: flowId(target.id) }],
      maxZoom: Math.max(0.8, flow.getZoom()),
      duration: motion(),
      padding: 0.5,
    });
  }, [target, flow]);

  const left = useLeftView(scope, views, area);
  useNewView(document, area, left || target !== null);

  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      setNodes((old) => learned(applyNodeChanges(changes, old), changes));
      const ours = changes.map((each) => ("id" in each ? { ...each, id: nodeId(each.id) } : each));
      if (measure(store, ours)) steps.again();
      moved(store, ours, steps.now.current);
      choose(store, ours);
    },
    [store, steps.again, steps.now],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => setEdges((old) => applyEdgeChanges(changes, old)),
    [],
  );
  const onConnect = useCallback((made: Connection) => wire(store, made), [store]);
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (state.isValid || !state.fromNode || !state.fromHandle) return;
      const [from, other] = [nodeId(state.fromNode.id), cardAt(event)];
      if (!other || other === from) return;
      const [source, goal] = state.fromHandle.type === "source" ? [from, other] : [other, from];
      if (!mayConnect(store, source, goal)) return;
      store.getState().edit((each) => join(each, store.getState().catalogue.blocks, source, goal));
    },
    [store],
  );

  const remove = useDelete();
  const removeChosen = (): void => {
    const { edit, selection: chosen } = store.getState();
    const gone = edges.filter((edge) => edge.selected).map((edge) => edge.data?.edge as Edge);
    if (chosen.length === 0 && gone.length === 0) return;
    edit((each) => removeNodes(disconnect(each, gone), chosen));
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (isTyping(event.target)) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      removeChosen();
    }
  };
  const enter = ({ target: now, currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void => {
    const comes = relatedTarget instanceof Element && !currentTarget.contains(relatedTarget);
    const root = currentTarget.closest<HTMLElement>(".blockml");
    if (isLarge && comes && root && now === currentTarget) focusCard(root, flow, roving.active);
  };
  const onNodeDragStop = (event: unknown, _: FlowNode, dragged: FlowNode[]): void => {
    const at = pointOf(event);
    if (at && isInside(trash.current, at)) remove(dragged.map((node) => nodeId(node.id)));
  };
  useDrop(area, setEdges, steps.now);

  const isEmpty = useCanvas((canvas) => {
    const { blocks } = canvas.catalogue;
    const { graph } = canvas.document;
    return scope === "" && graph.nodes.every((node) => entryOf(blocks, node)?.family === "data");
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the cards inside, which have the focus
    <div
      className="bm-canvas"
      ref={area}
      // The card that Tab leads to may not be drawn; then Tab leads here, and on to it.
      tabIndex={isLarge ? 0 : -1}
      onFocus={enter}
      onKeyDown={onKeyDown}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        onlyRenderVisibleElements={isLarge}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onNodeDragStop={onNodeDragStop}
        isValidConnection={(made) => mayConnect(store, nodeId(made.source), nodeId(made.target))}
        connectionRadius={36}
        deleteKeyCode={null}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomActivationKeyCode={["Control", "Meta"]}
        minZoom={0.15}
        maxZoom={1.75}
        selectNodesOnDrag={false}
        nodesFocusable
        edgesFocusable={false}
        // The keys are in a table of our own.
        disableKeyboardA11y
        aria-label={t("ui.access.card.canvas")}
        aria-describedby={`${roving.prefix}help`}
        ariaLabelConfig={{
          "controls.ariaLabel": t("ui.canvas.view"),
          "controls.zoomIn.ariaLabel": t("ui.canvas.zoom_in"),
          "controls.zoomOut.ariaLabel": t("ui.canvas.zoom_out"),
          "controls.fitView.ariaLabel": t("ui.canvas.fit"),
        }}
      >
        <Background gap={16} size={1.2} />
        <Controls showInteractive={false} position="bottom-left" fitViewOptions={FIT} />
      </ReactFlow>
      <p id={`${roving.prefix}help`} className="bm-hidden">
        {t("ui.access.card.help")}
      </p>
      <button
        ref={trash}
        type="button"
        className="bm-trash"
        data-testid="blockml-trash"
        title={t("ui.canvas.trash")}
        aria-label={t("ui.canvas.trash")}
        onClick={removeChosen}
      >
        <Icon name="trash" size={18} />
      </button>
      {isEmpty ? <EmptyState /> : null}
    </div>
  );
}

/** Come back to a scope as it was left; says whether it was open before. */
function useLeftView(
  scope: string,
  views: Map<string, Viewport>,
  area: React.RefObject<HTMLDivElement | null>,
): boolean {
  const flow = useReactFlow();
  const left = useRef(views.get(scope));
  useLayoutEffect(() => {
    if (left.current) void flow.setViewport(left.current);
    // The keys were those of the scope before; they must not fall to the notebook.
    if (window.document.activeElement === window.document.body) area.current?.focus({ preventScroll: true });
    return () => void views.set(scope, flow.getViewport());
  }, [scope, views, flow, area]);
  return left.current !== undefined;
}

/** Show a network that has just come: the whole of it, or its beginning where it is too tall to read. */
function useNewView(
  document: Experiment,
  area: React.RefObject<HTMLDivElement | null>,
  isShown: boolean,
): void {
  const flow = useReactFlow();
  const isReady = useNodesInitialized();
  // What is shown already, as it was left or at one of its blocks, stays so.
  const seen = useRef<ReadonlySet<string> | null>(isShown ? null : new Set());
  const wanted = useRef(false);
  useEffect(() => {
    const ids = new Set(document.graph.nodes.map((node) => node.id));
    const before = seen.current ?? ids;
    const known = [...ids].filter((id) => before.has(id)).length;
    // One block more is an edit; a network of which most is new was opened.
    if (known < ids.size / 2) wanted.current = true;
    seen.current = ids;
  }, [document]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cards are measured after the document has changed
  useEffect(() => {
    const box = area.current?.getBoundingClientRect();
    if (!wanted.current || !isReady || !box || box.width === 0) return;
    const drawn = flow.getNodes();
    // The cards of another scope may just have gone; these are not measured yet.
    if (drawn.some((node) => !node.measured?.height)) return;
    wanted.current = false;
    const bounds = flow.getNodesBounds(drawn);
    const margin = 28;
    const zoom = Math.min(
      1,
      (box.width - 2 * margin) / bounds.width,
      (box.height - 2 * margin) / bounds.height,
    );
    if (zoom >= READABLE) {
      const y = (box.height - bounds.height * zoom) / 2 - bounds.y * zoom;
      void flow.setViewport({ x: (box.width - bounds.width * zoom) / 2 - bounds.x * zoom, y, zoom });
    } else {
      const near = Math.min(0.9, Math.max(0.5, (box.width - 2 * margin) / bounds.width));
      const x = (box.width - bounds.width * near) / 2 - bounds.x * near;
      void flow.setViewport({ x, y: margin - bounds.y * near, zoom: near });
    }
  }, [document, isReady, flow, area]);
}

/** Note heights, which placing needs; whether one has changed. */
function measure(store: Store, changes: readonly NodeChange[]): boolean {
  const { heights } = store.getState();
  let changed = false;
  for (const change of changes) {
    if (change.type !== "dimensions" || !change.dimensions) continue;
    changed ||= heights.get(change.id) !== change.dimensions.height;
    heights.set(change.id, change.dimensions.height);
  }
  return changed;
}

/** Write positions to the document when a card has come to rest. */
function moved(store: Store, changes: readonly NodeChange[], steps: readonly Step[]): void {
  const positions = new Map<string, Position>();
  const { layout } = store.getState().view;
  for (const change of changes) {
    if (change.type !== "position" || change.dragging || !change.position) continue;
    const at: Position = [Math.round(change.position.x), Math.round(meant(steps, change.position.y))];
    const old = own(layout, change.id);
    if (!old || old[0] !== at[0] || old[1] !== at[1]) positions.set(change.id, at);
  }
  if (positions.size === 0) return;
  const merge = `move.${[...positions.keys()].join()}`;
  store.getState().edit((each) => place(each, Object.fromEntries(positions)), merge);
}

/** Keep the selection of the store in step with that of the canvas. */
function choose(store: Store, changes: readonly NodeChange[]): void {
  const picked = changes.filter((change) => change.type === "select");
  if (picked.length === 0) return;
  const { selection, select } = store.getState();
  const chosen = new Set(selection);
  for (const change of picked) {
    if (change.selected) chosen.add(change.id);
    else chosen.delete(change.id);
  }
  select([...chosen]);
}

function wire(store: Store, made: Connection): void {
  const { catalogue, view: document, edit } = store.getState();
  const edge: Edge = {
    source: nodeId(made.source),
    source_port: made.sourceHandle ?? "y",
    target: nodeId(made.target),
    target_port: made.targetHandle ?? "x",
  };
  const entry = entryOf(
    catalogue.blocks,
    document.graph.nodes.find((node) => node.id === edge.target),
  );
  const many = entry?.inputs.find((port) => port.name === edge.target_port)?.many ?? false;
  edit((each) => connect(each, edge, many));
}

function mayConnect(store: Store, source: string, target: string): boolean {
  return source !== target && !closesCircle(store.getState().view, source, target);
}

function pointOf(event: unknown): Point | null {
  if (event instanceof MouseEvent) return { x: event.clientX, y: event.clientY };
  const touch = event instanceof TouchEvent ? event.changedTouches[0] : undefined;
  return touch ? { x: touch.clientX, y: touch.clientY } : null;
}

/** The card under the pointer. */
function cardAt(event: MouseEvent | TouchEvent): string | undefined {
  const at = pointOf(event);
  // Some pages, such as marimo, keep the canvas in a root of its own.
  const root = event.target instanceof Node ? event.target.getRootNode() : null;
  const here = root instanceof ShadowRoot ? root : window.document;
  const found = at && here.elementFromPoint(at.x, at.y)?.closest(".react-flow__node");
  const name = found?.getAttribute("data-id");
  return name ? nodeId(name) : undefined;
}

function isTyping(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") !== null
  );
}
