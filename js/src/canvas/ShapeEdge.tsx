/** A connection with the shape that flows through it. */

import {
  BaseEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
  type InternalNode,
  useStore,
} from "@xyflow/react";
import { memo, type ReactElement, useLayoutEffect, useRef, useState } from "react";
import { shallow } from "zustand/shallow";
import { useCanvas } from "../context";
import { own } from "../document";
import { shape } from "../format";
import type { AnalysisState, Edge } from "../protocol";
import { pathOf, stateOf } from "../scope";
import type { CanvasStore } from "../store";

/** Room, in pixels, under which two cards are neighbours and their connection is a plain line. */
const NEIGHBOURS = 200;

/** Half the height of a text, in pixels. */
const HALF = 8.5;

/** How long a changed shape glows, in milliseconds. */
const GLOW = 700;

const broken = new WeakMap<AnalysisState, ReadonlySet<string>>();

/** Nodes into which a connection cannot hold; found once an analysis. */
function brokenTargets(analysis: AnalysisState): ReadonlySet<string> {
  let found = broken.get(analysis);
  if (!found) {
    const about = /^(needs-|merge-|cycle|too-many|unknown-port|window-|picture-|pad-|wrong-class)/;
    const errors = analysis.diagnostics.filter((each) => each.severity === "error" && about.test(each.code));
    found = new Set(errors.flatMap((each) => each.node ?? []));
    broken.set(analysis, found);
  }
  return found;
}

/** An edge of the graph. */
export const ShapeEdge = memo(function ShapeEdge(props: EdgeProps): ReactElement {
  const { selected } = props;
  const { source, source_port: port, target } = (props.data as { edge: Edge }).edge;
  const text = useCanvas((canvas) => shape(own(stateOf(canvas, source)?.shapes, port)));
  const isBroken = useCanvas((canvas: CanvasStore) =>
    canvas.analysis ? brokenTargets(canvas.analysis).has(pathOf(canvas.scope, target)) : false,
  );
  const glows = useGlow(text);
  const bow = useStore(({ nodeLookup }) => bowOf(props, nodeLookup), shallow);
  const [path, x, y] = bow ?? getBezierPath(props);
  const state = `${isBroken ? " bm-edge-broken" : ""}${selected ? " bm-edge-selected" : ""}`;
  const drop = props.data?.drop === true ? " bm-edge-drop" : "";
  return (
    <>
      <BaseEdge id={props.id} path={path} className={`bm-edge${state}${drop}`} interactionWidth={16} />
      <EdgeLabelRenderer>
        <span
          // The cards say it.
          aria-hidden="true"
          className={`bm-edge-shape${state}${glows ? " bm-edge-glow" : ""}`}
          data-testid={`blockml-edge-shape-${source}-${target}`}
          // No transform: each would be a layer of its own to the browser, which has to sort them.
          style={{ left: x + 10, top: y - HALF }}
        >
          {text}
        </span>
      </EdgeLabelRenderer>
    </>
  );
});

/** The way of a connection around other cards, where some stand in its way. */
function bowOf(
  { source, target }: EdgeProps,
  all: ReadonlyMap<string, InternalNode>,
): [string, number, number] | null {
  const [from, to] = [all.get(source), all.get(target)];
  return from && to && skips(from, to, all) ? aside(from, to) : null;
}

/** Whether other cards stand between two, so that the line goes around them. */
export function skips(from: InternalNode, to: InternalNode, all: ReadonlyMap<string, InternalNode>): boolean {
  const [a, b] = [from.internals.positionAbsolute, to.internals.positionAbsolute];
  const { width = 0, height = 0 } = from.measured;
  if (b.y - a.y - height <= NEIGHBOURS || Math.abs(b.x - a.x) >= width / 2) return false;
  return [...all.values()].some(({ internals: { positionAbsolute: at } }) => {
    return a.y < at.y && at.y < b.y && Math.abs(at.x - a.x) < width;
  });
}

/** A bow around the right side of the cards, and the place of its text. */
function aside(from: InternalNode, to: InternalNode): [string, number, number] {
  const [a, b] = [from.internals.positionAbsolute, to.internals.positionAbsolute];
  const [x1, y1] = [a.x + (from.measured.width ?? 0), a.y + (from.measured.height ?? 0) / 2];
  const [x2, y2] = [b.x + (to.measured.width ?? 0), b.y + (to.measured.height ?? 0) / 2];
  const bow = Math.max(x1, x2) + Math.min(120, 50 + Math.abs(y2 - y1) / 8);
  return [`M ${x1} ${y1} C ${bow} ${y1}, ${bow} ${y2}, ${x2} ${y2}`, bow - 34, (y1 + y2) / 2];
}

/** Whether a text has just changed; not when it first appears. */
function useGlow(text: string): boolean {
  const last = useRef(text);
  const [glows, setGlows] = useState(false);
  // In the frame that shows the text.
  useLayoutEffect(() => {
    if (last.current === text) return;
    last.current = text;
    setGlows(true);
    const timer = setTimeout(() => setGlows(false), GLOW);
    return () => clearTimeout(timer);
  }, [text]);
  return glows;
}
