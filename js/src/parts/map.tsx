/** The whole network, small; a press or a drag in it moves the view, the wheel zooms. */

import type { ReactFlowState } from "@xyflow/react";
import { type PointerEvent, type ReactElement, useMemo } from "react";
import { useReactFlow, useStore } from "../canvas/flow";
import { entryOf } from "../canvas/gestures";
import { nodeId, noteOf } from "../canvas/ids";
import { useCanvas, useCanvasStore, useT } from "../context";

/** Size of the map, and room around the network in it, in pixels. */
const MAP = { width: 168, height: 126, room: 8 };

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What the map shows, as text: equal texts draw nothing again. */
function shown({ nodeLookup, transform: [left, top, zoom], width, height }: ReactFlowState): string {
  const cards = [...nodeLookup.values()].map((node) => {
    const { x, y } = node.internals.positionAbsolute;
    return [node.id, Math.round(x), Math.round(y), node.measured.width ?? 0, node.measured.height ?? 0];
  });
  const view = [-left / zoom, -top / zoom, width / zoom, height / zoom].map(Math.round);
  return JSON.stringify([view, cards]);
}

export default function SmallMap(): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const flow = useReactFlow();
  const graph = useCanvas((canvas) => canvas.view.graph);
  const [view, cards] = JSON.parse(useStore(shown)) as [
    [number, number, number, number],
    [string, number, number, number, number][],
  ];
  const eye: Rect = { x: view[0], y: view[1], width: view[2], height: view[3] };
  const rects = cards.map(([id, x, y, width, height]) => ({ id, x, y, width, height }));
  const all = [eye, ...rects];
  const [left, top] = [Math.min(...all.map((each) => each.x)), Math.min(...all.map((each) => each.y))];
  const right = Math.max(...all.map((each) => each.x + each.width));
  const foot = Math.max(...all.map((each) => each.y + each.height));
  const scale = Math.max(
    (right - left) / (MAP.width - 2 * MAP.room),
    (foot - top) / (MAP.height - 2 * MAP.room),
  );
  const box = {
    x: (left + right - MAP.width * scale) / 2,
    y: (top + foot - MAP.height * scale) / 2,
    width: MAP.width * scale,
    height: MAP.height * scale,
  };
  const families = useMemo(() => {
    const { blocks } = store.getState().catalogue;
    return new Map(graph.nodes.map((node) => [node.id, entryOf(blocks, node)?.family ?? "data"]));
  }, [graph, store]);
  // One shape for each colour: a thousand of them would be drawn anew whenever a card moves.
  const shapes = new Map<string, string>();
  for (const { id, x, y, width, height } of rects) {
    const family = noteOf(id) === undefined ? (families.get(nodeId(id)) ?? "data") : "";
    shapes.set(family, `${shapes.get(family) ?? ""}M${x} ${y}h${width}v${height}h${-width}z`);
  }
  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.buttons === 0) return;
    const map = event.currentTarget.getBoundingClientRect();
    const x = box.x + ((event.clientX - map.left) / map.width) * box.width;
    const y = box.y + ((event.clientY - map.top) / map.height) * box.height;
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <svg
      className="bm-map nopan"
      role="img"
      aria-label={t("ui.edit.buttons.map")}
      data-testid="blockml-small-map"
      viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={follow}
      onWheel={(event) => void (event.deltaY > 0 ? flow.zoomOut() : flow.zoomIn())}
    >
      {[...shapes].map(([family, path]) => (
        <path key={family} d={path} fill={family ? `var(--bm-family-${family})` : "var(--bm-line)"} />
      ))}
      <rect className="bm-map-eye" {...eye} />
    </svg>
  );
}
