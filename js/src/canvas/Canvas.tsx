/** The canvas itself: cards and connections, and everything that a hand does with them. */

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  type FitViewOptions,
  type Edge as FlowEdge,
  type Node as FlowNode,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  useNodesInitialized,
  useReactFlow,
  useStore,
  type Viewport,
} from "@xyflow/react";
import {
  type FocusEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { connect, own } from "../document";
import { Icon } from "../icons";
import { Part } from "../parts";
import { SETTINGS_HEIGHT, WIDTH } from "../place";
import type { Edge, Experiment, Node } from "../protocol";
import { type Store, useCanvas, useCanvasStore, useT } from "../store";
import { AimLayer } from "./AimLayer";
import { note, removeChosen, type View } from "./actions";
import { BlockNode } from "./BlockNode";
import { Breadcrumb } from "./Breadcrumb";
import { CanvasButtons } from "./CanvasButtons";
import { type DeskStore, useDesk, useDeskStore, type Wish } from "./desk";
import { EmptyState } from "./EmptyState";
import { Finder } from "./Finder";
import { focusCard } from "./focus";
import { closesCircle, entryOf, join } from "./gestures";
import { openGroup } from "./groupActions";
import { flowId, nodeId, noteName, noteOf } from "./ids";
import { motion } from "./motion";
import { NoteNode } from "./NoteNode";
import { ShapeEdge } from "./ShapeEdge";
import { learned, likely, MANY } from "./sparse";
import { drawn, type Step } from "./spread";
import { useCarry } from "./useCarry";
import { useClipboard } from "./useClipboard";
import { edgeId, isInside, type Point, useDrop } from "./useDrop";
import { attributes, labelId, type Roving, useRoving } from "./useRoving";
import { useSteps } from "./useSteps";

const NODE_TYPES = { block: BlockNode, note: NoteNode };
const EDGE_TYPES = { shape: ShapeEdge };

/** Zoom under which cards show little more than their name. */
const FAR = 0.6;

/** Cards from which on the small map shows by itself. */
const MAP = 20;

/** Keys that add to the selection while they are held. */
export const HELD = ["Shift", "Control", "Meta"];

/** Smallest zoom at which a new network is shown whole; under it the text is too small to read. */
const READABLE = 0.62;

/** Room, in pixels, that the path of open groups takes above. */
const CRUMBS = 40;

/** Room, in pixels, that the buttons of the view take below. */
const BUTTONS = 46;

/** Highest zoom that fitting the view uses: cards larger than life look broken. */
const FIT = {
  maxZoom: 1,
  padding: { x: 0.12, top: 0.12, bottom: `${BUTTONS + 14}px` },
} satisfies FitViewOptions;

/** Cards for React Flow; what did not change stays the same object, so that it is not drawn again. */
function flowNodes(
  document: Experiment,
  old: readonly FlowNode[],
  selection: readonly string[],
  steps: readonly Step[],
  roving: Roving,
  guess: (node: Node) => Partial<FlowNode>,
  fresh: readonly string[],
): FlowNode[] {
  const before = new Map(old.map((node) => [nodeId(node.id), node]));
  const chosen = new Set(selection);
  const seen = new Set<string>();
  const cards = document.graph.nodes.flatMap((node) => {
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
  return [...flowNotes(document, old, fresh), ...cards];
}

/** Notes for React Flow; they lie below the cards. */
function flowNotes(document: Experiment, old: readonly FlowNode[], fresh: readonly string[]): FlowNode[] {
  const before = new Map(old.map((node) => [node.id, node]));
  return document.notes.flatMap((note) => {
    if (note.scope !== "") return [];
    const id = noteName(note.id);
    const last = before.get(id);
    if (last?.data.note === note && last.position.x === note.x && last.position.y === note.y) return [last];
    const selected = last ? (last.selected ?? false) : fresh.includes(note.id);
    const position = { x: note.x, y: note.y };
    return [{ ...last, id, type: "note", position, data: { note }, selected, zIndex: -1 }];
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
    flowNodes(document, [], selection, steps.list, roving, guess, []),
  );
  const desk = useDeskStore();
  const [edges, setEdges] = useState<FlowEdge[]>(() => flowEdges(document, []));
  const trash = useRef<HTMLButtonElement>(null);

  useEffect(
    () =>
      setNodes((old) =>
        flowNodes(document, old, selection, steps.list, roving, guess, desk.getState().fresh),
      ),
    [document, selection, steps.list, roving, guess, desk],
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
  useNewView(document, area, left !== undefined || target !== null, scope === "" ? 0 : CRUMBS);

  const carry = useCarry(area, steps.now);
  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      const snapped = carry.adjust(changes);
      setNodes((old) => learned(applyNodeChanges(snapped, old), snapped));
      const ours = snapped.flatMap((each) =>
        "id" in each && noteOf(each.id) === undefined ? [{ ...each, id: nodeId(each.id) }] : [],
      );
      if (measure(store, ours)) steps.again();
      choose(store, ours);
    },
    [store, carry, steps.again],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => setEdges((old) => applyEdgeChanges(changes, old)),
    [],
  );
  const onConnect = useCallback((made: Connection) => wire(store, made), [store]);
  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (state.isValid || !state.fromNode || !state.fromHandle) return;
      const [from, other] = [nodeId(state.fromNode.id), cardAt(event)];
      const end = state.fromHandle.type;
      if (!other) {
        offer({ flow, desk, area }, event, { end, node: from, port: state.fromHandle.id ?? "" });
        return;
      }
      if (other === from) return;
      const [source, goal] = end === "source" ? [from, other] : [other, from];
      if (!mayConnect(store, source, goal)) return;
      store.getState().edit((each) => join(each, store.getState().catalogue.blocks, source, goal));
    },
    [store, flow, desk],
  );

  const viewOf = (): View | null => {
    const root = area.current?.closest<HTMLElement>(".blockml");
    return root ? { store, desk, flow, root } : null;
  };
  const act = (action: (view: View) => unknown) => (): void => {
    const view = viewOf();
    if (view) action(view);
  };
  const enter = ({ target: now, currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void => {
    const comes = relatedTarget instanceof Element && !currentTarget.contains(relatedTarget);
    const root = currentTarget.closest<HTMLElement>(".blockml");
    if (isLarge && comes && root && now === currentTarget) focusCard(root, flow, roving.active);
  };
  const onNodeDragStop = (event: unknown, _: FlowNode, dragged: FlowNode[]): void => {
    const at = pointOf(event);
    carry.stop(dragged, at !== null && isInside(trash.current, at));
  };
  const onDoubleClick = (event: MouseEvent<HTMLElement>): void => {
    if (!(event.target instanceof Element) || !event.target.matches(".react-flow__pane")) return;
    const from = { x: event.clientX, y: event.clientY };
    const at = flow.screenToFlowPosition(from);
    desk.setState({ wish: { from, position: [at.x - WIDTH / 2, at.y] } });
  };
  useDrop(area, steps.now);
  const clipboard = useClipboard(area, steps.now);
  const boxing = useDesk((state) => state.boxing);
  const map = useDesk((state) => state.map) ?? document.graph.nodes.length >= MAP;
  const isFar = useStore((state) => state.transform[2] < FAR);

  const isEmpty = useCanvas((canvas) => {
    const { blocks } = canvas.catalogue;
    const { graph } = canvas.document;
    return scope === "" && graph.nodes.every((node) => entryOf(blocks, node)?.family === "data");
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the cards inside, which have the focus
    <div
      className={`bm-canvas${isFar ? " bm-far" : ""}${boxing ? " bm-boxing" : ""}`}
      data-inside={scope !== ""}
      ref={area}
      // The card that Tab leads to may not be drawn; then Tab leads here, and on to it.
      tabIndex={isLarge ? 0 : -1}
      onFocus={enter}
      onDoubleClick={onDoubleClick}
      onPointerDownCapture={keepCards}
      onPointerUp={takeFocus}
      {...clipboard}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        onlyRenderVisibleElements={isLarge}
        {...(left ? { defaultViewport: left } : {})}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onNodeDragStart={carry.start}
        onNodeDragStop={onNodeDragStop}
        onNodeClick={(event, node) => {
          if (!event.shiftKey && !event.ctrlKey && !event.metaKey) alone(store, nodeId(node.id));
        }}
        onNodeDoubleClick={(event, node) => {
          if (!(event.target as HTMLElement).closest("input, button, select"))
            openGroup({ store, card: nodeId(node.id) });
        }}
        selectionOnDrag={boxing}
        panOnDrag={!boxing}
        multiSelectionKeyCode={HELD}
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
        <Controls showInteractive={false} position="bottom-left" fitViewOptions={FIT}>
          <CanvasButtons map={map} note={act(note)} />
        </Controls>
        {map ? <Part name="map" /> : null}
        <AimLayer />
        {selection.length > 0 ? <Part name="toolbox" /> : null}
      </ReactFlow>
      <p id={`${roving.prefix}help`} className="bm-hidden">
        {t("ui.access.card.help")}
      </p>
      <Breadcrumb />
      <Finder area={area} steps={steps.now} />
      <button
        ref={trash}
        type="button"
        className="bm-trash"
        data-testid="blockml-trash"
        title={t("ui.canvas.trash")}
        aria-label={t("ui.canvas.trash")}
        onClick={act(removeChosen)}
      >
        <Icon name="trash" size={18} />
      </button>
      {isEmpty ? <EmptyState /> : null}
    </div>
  );
}

/** Keeps where a scope is left, and says where it was left before. */
function useLeftView(
  scope: string,
  views: Map<string, Viewport>,
  area: React.RefObject<HTMLDivElement | null>,
): Viewport | undefined {
  const flow = useReactFlow();
  const store = useCanvasStore();
  const left = useRef(views.get(scope));
  useLayoutEffect(() => () => void views.set(scope, flow.getViewport()), [scope, views, flow]);
  useEffect(() => {
    const { selection, view } = store.getState();
    const root = area.current?.closest<HTMLElement>(".blockml");
    const id = selection[0] ?? view.graph.nodes[0]?.id;
    // The card that had the focus went with its scope; the keys must not fall to the notebook.
    if (window.document.activeElement !== window.document.body) return;
    area.current?.focus({ preventScroll: true });
    if (!root || id === undefined) return;
    // Cards are drawn a moment later; one that is looked for before that would be brought into view.
    const soon = requestAnimationFrame(() => requestAnimationFrame(() => focusCard(root, flow, id)));
    return () => cancelAnimationFrame(soon);
  }, [store, flow, area]);
  return left.current;
}

/** Show a network that has just come: the whole of it, or its beginning where it is too tall to read. */
function useNewView(
  document: Experiment,
  area: React.RefObject<HTMLDivElement | null>,
  isShown: boolean,
  above: number,
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
      (box.height - above - BUTTONS - 2 * margin) / bounds.height,
    );
    if (zoom >= READABLE) {
      const y = (box.height + above - BUTTONS - bounds.height * zoom) / 2 - bounds.y * zoom;
      void flow.setViewport({ x: (box.width - bounds.width * zoom) / 2 - bounds.x * zoom, y, zoom });
    } else {
      const near = Math.min(0.9, Math.max(0.5, (box.width - 2 * margin) / bounds.width));
      const x = (box.width - bounds.width * near) / 2 - bounds.x * near;
      void flow.setViewport({ x, y: margin + above - bounds.y * near, zoom: near });
    }
  }, [document, isReady, flow, area, above]);
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

/** A press on one of several selected cards selects it alone. */
function alone(store: Store, id: string): void {
  const { selection, select } = store.getState();
  if (selection.length > 1 && selection.includes(id)) select([id]);
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
  if (event instanceof globalThis.MouseEvent) return { x: event.clientX, y: event.clientY };
  const touch = event instanceof TouchEvent ? event.changedTouches[0] : undefined;
  return touch ? { x: touch.clientX, y: touch.clientY } : null;
}

/** The card under the pointer. */
function cardAt(event: globalThis.MouseEvent | TouchEvent): string | undefined {
  const at = pointOf(event);
  // Some pages, such as marimo, keep the canvas in a root of its own.
  const root = event.target instanceof Node ? event.target.getRootNode() : null;
  const here = root instanceof ShadowRoot ? root : window.document;
  const found = at && here.elementFromPoint(at.x, at.y)?.closest(".react-flow__node");
  const name = found?.getAttribute("data-id");
  return name && noteOf(name) === undefined ? nodeId(name) : undefined;
}

/** A loose end on the empty canvas: offer what fits there. */
function offer(
  { flow, desk, area }: { flow: ReactFlowInstance; desk: DeskStore; area: RefObject<HTMLElement | null> },
  event: globalThis.MouseEvent | TouchEvent,
  loose: NonNullable<Wish["loose"]>,
): void {
  const from = pointOf(event);
  if (!from || !isInside(area.current, from)) return;
  const { x, y } = flow.screenToFlowPosition(from);
  const top = loose.end === "source" ? y : y - SETTINGS_HEIGHT;
  desk.setState({ wish: { from, position: [Math.round(x - WIDTH / 2), Math.round(top)], loose } });
}

/** Shift on a card adds it to the selection; only on the empty canvas does it draw a box. */
function keepCards(event: PointerEvent<HTMLElement>): void {
  if (event.shiftKey && event.target instanceof Element && event.target.closest(".react-flow__node"))
    event.stopPropagation();
}

/** The keys belong to the canvas that was pressed, also where React Flow kept the press from the browser. */
function takeFocus({ currentTarget }: PointerEvent<HTMLElement>): void {
  if (!currentTarget.contains(window.document.activeElement)) currentTarget.focus({ preventScroll: true });
}
