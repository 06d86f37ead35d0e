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
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
} from "@xyflow/react";
import {
  type FocusEvent,
  type MouseEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCanvas, useCanvasStore, useT } from "../context";
import { Icon } from "../icons";
import { Part } from "../parts";
import { WIDTH } from "../place";
import type { Node } from "../protocol";
import { AimLayer } from "./AimLayer";
import { note, removeChosen, type View } from "./actions";
import { BlockNode } from "./BlockNode";
import { Breadcrumb } from "./Breadcrumb";
import { CanvasButtons } from "./CanvasButtons";
import { useDesk, useDeskStore } from "./desk";
import { EmptyState } from "./EmptyState";
import { Finder } from "./Finder";
import { flowEdges, flowNodes } from "./flowItems";
import { focusCard } from "./focus";
import { entryOf, join } from "./gestures";
import { openGroup } from "./groupActions";
import { flowId, nodeId, noteOf } from "./ids";
import { learned, likely, MANY } from "./largeNetwork";
import { motion } from "./motion";
import { NoteNode } from "./NoteNode";
import {
  alone,
  cardAt,
  choose,
  keepCards,
  mayConnect,
  measure,
  offer,
  pointOf,
  takeFocus,
  wire,
} from "./pointerActions";
import { ShapeEdge } from "./ShapeEdge";
import { useCarry } from "./useCarry";
import { useClipboard } from "./useClipboard";
import { isInside, useDrop } from "./useDrop";
import { useRoving } from "./useRoving";
import { useSteps } from "./useSteps";
import { type Left, useFittingView, useLeftView } from "./useViews";
import { BUTTONS, CRUMBS } from "./viewRoom";

const NODE_TYPES = { block: BlockNode, note: NoteNode };
const EDGE_TYPES = { shape: ShapeEdge };

/** Zoom under which cards show little more than their name. */
const FAR = 0.6;

/** Keys that add to the selection while they are held. */
export const HELD = ["Shift", "Control", "Meta"];

/** Highest zoom that fitting the view uses: cards larger than life look broken. */
const FIT = {
  maxZoom: 1,
  padding: { y: 0.12, right: 0.12, left: `${BUTTONS + 14}px` },
} satisfies FitViewOptions;

/** The canvas of the open scope; it stands inside a React Flow provider. */
export function Canvas(): ReactElement {
  const scope = useCanvas((canvas) => canvas.scope.join("/"));
  const views = useRef(new Map<string, Left>());
  // Each scope is drawn afresh: its nodes may have the ids of others.
  return <Scene key={scope} scope={scope} views={views.current} />;
}

interface SceneProps {
  scope: string;
  /** Where a person left each scope. */
  views: Map<string, Left>;
}

function Scene({ scope, views }: SceneProps): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const document = useCanvas((canvas) => canvas.view);
  const selection = useCanvas((canvas) => canvas.selection);
  const target = useCanvas((canvas) => canvas.target);
  const flow = useReactFlow();
  const inner = useStoreApi();
  const dragged = useRef(false);
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

  const { left, last } = useLeftView(scope, views, area);
  useFittingView(document, area, left !== undefined || target !== null, scope === "" ? 0 : CRUMBS, last);

  const carry = useCarry(area, steps.now);
  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      const snapped = carry.adjust(changes);
      const now = inner.getState();
      const isDrag = snapped.every((each) => each.type === "position" && each.dragging === true);
      if (isDrag) {
        // Straight into React Flow, in the same frame; all that draws from `nodes` hears of the end.
        now.setNodes(applyNodeChanges(snapped, now.nodes));
        dragged.current = true;
        return;
      }
      const isDropped = dragged.current;
      dragged.current = false;
      setNodes((old) => learned(applyNodeChanges(snapped, isDropped ? now.nodes : old), snapped));
      const ours = snapped.flatMap((each) =>
        "id" in each && noteOf(each.id) === undefined ? [{ ...each, id: nodeId(each.id) }] : [],
      );
      if (measure(store, ours)) steps.again();
      choose(store, ours);
    },
    [store, carry, steps.again, inner],
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
  // What React Flow keeps in its store must stay the same function: each new one tells all that listen.
  const onNodeDragStop = useCallback(
    (event: unknown, _: FlowNode, dragged: FlowNode[]): void => {
      const at = pointOf(event);
      carry.stop(dragged, at !== null && isInside(trash.current, at));
    },
    [carry],
  );
  // Each new one draws all cards again.
  const onNodeClick = useCallback(
    (event: MouseEvent, node: FlowNode) => {
      if (!event.shiftKey && !event.ctrlKey && !event.metaKey) alone(store, nodeId(node.id));
    },
    [store],
  );
  const onNodeDoubleClick = useCallback(
    (event: MouseEvent, node: FlowNode) => {
      if (!(event.target as HTMLElement).closest("input, button, select, .bm-inline"))
        openGroup({ store, card: nodeId(node.id) });
    },
    [store],
  );
  const isValidConnection = useCallback(
    (made: Connection | FlowEdge) => mayConnect(store, nodeId(made.source), nodeId(made.target)),
    [store],
  );
  const labels = useMemo(
    () => ({
      "controls.ariaLabel": t("ui.canvas.view"),
      "controls.zoomIn.ariaLabel": t("ui.canvas.zoom_in"),
      "controls.zoomOut.ariaLabel": t("ui.canvas.zoom_out"),
      "controls.fitView.ariaLabel": t("ui.canvas.fit"),
    }),
    [t],
  );
  const onDoubleClick = (event: MouseEvent<HTMLElement>): void => {
    if (!(event.target instanceof Element) || !event.target.matches(".react-flow__pane")) return;
    const from = { x: event.clientX, y: event.clientY };
    const at = flow.screenToFlowPosition(from);
    desk.setState({ wish: { from, position: [at.x - WIDTH / 2, at.y] } });
  };
  useDrop(area, steps.now);
  const clipboard = useClipboard(area, steps.now);
  const boxing = useDesk((state) => state.boxing);
  const map = useDesk((state) => state.map ?? state.large);
  const isFar = useStore((state) => state.transform[2] < FAR);
  const connecting = useStore((state) => state.connection.inProgress);
  const several = nodes.filter((node) => node.selected).length > 1;
  // Were it `:has` in the style sheet, the browser would style every card anew whenever anything comes or goes.
  const state = `${connecting ? " bm-connecting" : ""}${several ? " bm-several" : ""}`;

  const isEmpty = useCanvas((canvas) => {
    const { blocks } = canvas.catalogue;
    const { graph } = canvas.document;
    return scope === "" && graph.nodes.every((node) => entryOf(blocks, node)?.family === "data");
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the cards inside, which have the focus
    <div
      className={`bm-canvas${isFar ? " bm-far" : ""}${boxing ? " bm-boxing" : ""}${state}`}
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
        onNodeClick={onNodeClick}
        onNodeDoubleClick={onNodeDoubleClick}
        selectionOnDrag={boxing}
        selectionMode={SelectionMode.Partial}
        panOnDrag={!boxing}
        multiSelectionKeyCode={HELD}
        isValidConnection={isValidConnection}
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
        ariaLabelConfig={labels}
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
