/** The whole network, small; a press or a drag in it moves the view, the wheel zooms. */

import type { ReactFlowState } from "@xyflow/react";
import { type PointerEvent, type ReactElement, useMemo } from "react";
import { useReactFlow, useStore } from "../canvas/flow";
import { entryOf } from "../canvas/gestures";
import { nodeId, noteOf } from "../canvas/ids";
import { useLate } from "../canvas/useLate";
import { useCanvas, useCanvasStore, useT } from "../context";

/** Largest size of the map, what is least to be pressed, and room around the network in it, in pixels. */
const MAP = { width: 168, height: 140, least: 44, room: 8 };

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is seen of the network, as text: equal texts draw nothing again. */
function seen({ transform: [left, top, zoom], width, height }: ReactFlowState): string {
  return JSON.stringify([-left / zoom, -top / zoom, width / zoom, height / zoom].map(Math.round));
}

/** Where the cards are, as text. */
function laid({ nodeLookup }: ReactFlowState): string {
  const cards = [...nodeLookup.values()].map((node) => {
    const { x, y } = node.internals.positionAbsolute;
    return [node.id, Math.round(x), Math.round(y), node.measured.width ?? 0, node.measured.height ?? 0];
  });
  return JSON.stringify(cards);
}

/** What the map has to show, and how large it is: no wider and no higher than its picture needs. */
export function around(all: readonly Rect[]): { box: Rect; size: { width: number; height: number } } {
  const [left, top] = [Math.min(...all.map((each) => each.x)), Math.min(...all.map((each) => each.y))];
  const right = Math.max(...all.map((each) => each.x + each.width));
  const foot = Math.max(...all.map((each) => each.y + each.height));
  const scale = Math.max(
    (right - left) / (MAP.width - 2 * MAP.room),
    (foot - top) / (MAP.height - 2 * MAP.room),
  );
  const length = (all: number): number => Math.max(MAP.least, Math.ceil(all / scale) + 2 * MAP.room);
  const size = { width: length(right - left), height: length(foot - top) };
  const [width, height] = [size.width * scale, size.height * scale];
  return { box: { x: (left + right - width) / 2, y: (top + foot - height) / 2, width, height }, size };
}

export default function SmallMap(): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const flow = useReactFlow();
  const graph = useCanvas((canvas) => canvas.view.graph);
  const view = JSON.parse(useStore(seen)) as [number, number, number, number];
  const cards = useLate(laid);
  const eye: Rect = { x: view[0], y: view[1], width: view[2], height: view[3] };
  const rects = useMemo(() => {
    const all = JSON.parse(cards) as [string, number, number, number, number][];
    return all.map(([id, x, y, width, height]) => ({ id, x, y, width, height }));
  }, [cards]);
  const { box, size } = around([eye, ...rects]);
  // One shape for each colour: a thousand of them would be drawn anew whenever a card moves.
  const shapes = useMemo(() => {
    const { blocks } = store.getState().catalogue;
    const families = new Map(graph.nodes.map((node) => [node.id, entryOf(blocks, node)?.family ?? "data"]));
    const found = new Map<string, string>();
    for (const { id, x, y, width, height } of rects) {
      const family = noteOf(id) === undefined ? (families.get(nodeId(id)) ?? "data") : "";
      found.set(family, `${found.get(family) ?? ""}M${x} ${y}h${width}v${height}h${-width}z`);
    }
    return found;
  }, [graph, rects, store]);
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
      style={size}
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
