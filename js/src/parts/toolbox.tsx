/** What can be done with the selection, in a small box beside it. */

import type { ReactFlowState } from "@xyflow/react";
import type { ReactElement } from "react";
import { ALIGNMENTS, align } from "../align";
import { duplicate, flag as switchFlag } from "../canvas/actions";
import { useDesk } from "../canvas/desk";
import { useStore } from "../canvas/flow";
import { useDelete } from "../canvas/gestures";
import { groupChosen, unpackChosen } from "../canvas/groupActions";
import { noteOf } from "../canvas/ids";
import { BUTTONS, CRUMBS } from "../canvas/viewRoom";
import { useCanvas, useCanvasStore, useT } from "../context";
import { bearers, type Flag, haveFlag } from "../flags";
import { isEnd } from "../group";
import { Icon, type IconName } from "../icons";
import { graphAt } from "../ports";

/** Height of the box, width of a button in it, and room around it, in pixels. */
const BOX = { height: 36, button: 30, room: 12 };

/** Side of the corner that the bin stands in, in pixels. */
const BIN = 62;

/** A part of the canvas, in pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the selected cards and all others in view are, as text: equal texts draw nothing again. */
function rectsOf({ nodeLookup, transform: [left, top, zoom], width, height }: ReactFlowState): string {
  const [chosen, others]: [Rect[], Rect[]] = [[], []];
  for (const node of nodeLookup.values()) {
    const isChosen = node.selected === true && noteOf(node.id) === undefined;
    if (isChosen && node.dragging) return "";
    const { x, y } = node.internals.positionAbsolute;
    const rect = {
      x: Math.round(x * zoom + left),
      y: Math.round(y * zoom + top),
      width: Math.round((node.measured.width ?? 0) * zoom),
      height: Math.round((node.measured.height ?? 0) * zoom),
    };
    if (isChosen) chosen.push(rect);
    else if (overlap(rect, { x: 0, y: 0, width, height }) > 0) others.push(rect);
  }
  return chosen.length === 0 ? "" : JSON.stringify([{ x: 0, y: 0, width, height }, chosen, others]);
}

/** The box. It never covers what it is about: where there is no room beside it, only the keys remain. */
export default function Toolbox(): ReactElement | null {
  const t = useT();
  const rects = useStore(rectsOf);
  const busy = useDesk((desk) => desk.wish !== null);
  const ids = useCanvas((canvas) => canvas.selection);
  const isInside = useCanvas((canvas) => canvas.scope.length > 0);
  const areEnds = useCanvas(({ view, catalogue: { blocks } }) =>
    view.graph.nodes.every((node) => !ids.includes(node.id) || isEnd(node, blocks)),
  );
  // What has no weights has nothing to freeze.
  const canFreeze = useCanvas((canvas) => bearers(canvas, ids, "frozen").length > 0);
  const canPass = useCanvas((canvas) => bearers(canvas, ids, "bypassed").length > 0);
  const flags: Flag[] = [
    ...(canPass ? (["bypassed"] as const) : []),
    ...(canFreeze ? (["frozen"] as const) : []),
  ];
  if (rects === "" || busy || ids.length === 0) return null;
  const [view, cards, others] = JSON.parse(rects) as [Rect, Rect[], Rect[]];
  if (!cards.some((card) => overlap(card, view) > 0)) return null;
  const count = (ids.length > 1 ? ALIGNMENTS.length : 0) + (areEnds ? 1 : flags.length + 3);
  // The path of open groups stands above.
  const free = { ...view, y: isInside ? CRUMBS : 0 };
  const at = freePlace(free, cards, others, count * BOX.button + 8);
  if (!at) return null;
  return (
    <div
      className={`bm-toolbox${at.height > at.width ? " bm-toolbox-upright" : ""}`}
      role="toolbar"
      aria-label={t("ui.edit.toolbox")}
      aria-orientation={at.height > at.width ? "vertical" : "horizontal"}
      data-testid="blockml-toolbox"
      style={{ left: at.x, top: at.y }}
    >
      <Tools ids={ids} flags={flags} areEnds={areEnds} />
    </div>
  );
}

interface ToolsProps {
  ids: readonly string[];
  flags: readonly Flag[];
  /** Whether only ends of the network are selected. */
  areEnds: boolean;
}

function Tools({ ids, flags, areEnds }: ToolsProps): ReactElement {
  const store = useCanvasStore();
  const remove = useDelete();
  const isGroup = useCanvas((canvas) => ids.length === 1 && graphAt(canvas.view, ids[0] ?? "") !== null);
  const { edit } = store.getState();
  return (
    <>
      {flags.map((flag) => (
        <FlagTool key={flag} ids={ids} flag={flag} />
      ))}
      {areEnds ? null : <Tool name="duplicate" icon="duplicate" onClick={() => duplicate({ store })} />}
      {areEnds ? null : isGroup ? (
        <Tool name="unpack" icon="unpack" onClick={() => unpackChosen({ store })} />
      ) : (
        <Tool name="group" icon="group" onClick={() => groupChosen({ store })} />
      )}
      {ids.length > 1
        ? ALIGNMENTS.map((how) => (
            <Tool
              key={how}
              name={how}
              icon={how}
              onClick={() => edit((document) => align(document, ids, how, store.getState().heights))}
            />
          ))
        : null}
      <Tool name="delete" icon="trash" onClick={() => remove(ids)} />
    </>
  );
}

function FlagTool({ ids, flag }: { ids: readonly string[]; flag: Flag }): ReactElement {
  const store = useCanvasStore();
  const on = useCanvas((canvas) => haveFlag(canvas.view, bearers(canvas, ids, flag), flag));
  return (
    <Tool
      name={flag}
      icon={flag === "frozen" ? "freeze" : "bypass"}
      pressed={on}
      onClick={() => switchFlag({ store }, flag)}
    />
  );
}

interface ToolProps {
  /** Key of the label under `ui.edit.tools`, and test id. */
  name: string;
  icon: IconName;
  pressed?: boolean;
  onClick: () => void;
}

function Tool({ name, icon, pressed, onClick }: ToolProps): ReactElement {
  const t = useT();
  return (
    <button
      type="button"
      className="bm-toolbox-tool"
      title={t(`ui.edit.tools.${name}`)}
      aria-label={t(`ui.edit.tools.${name}`)}
      aria-pressed={pressed}
      data-testid={`blockml-tool-${name}`}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/**
 * A place for a box beside cards: right or left of them first, because their column goes on above and below.
 *
 * Other cards are covered only where there is no place without, and then as little as can be.
 */
export function freePlace(
  view: Rect,
  cards: readonly Rect[],
  others: readonly Rect[],
  length: number,
): Rect | null {
  const [left, top] = [Math.min(...cards.map((each) => each.x)), Math.min(...cards.map((each) => each.y))];
  const right = Math.max(...cards.map((each) => each.x + each.width));
  const foot = Math.max(...cards.map((each) => each.y + each.height));
  const { room, height } = BOX;
  const [middle, centre] = [(left + right) / 2, (top + foot) / 2];
  const beside = (width: number, tall: number): Rect[] =>
    [right + room, left - room - width].map((x) => ({ x, y: centre - tall / 2, width, height: tall }));
  const [flat, upright] = [beside(length, height), beside(height, length)];
  const over = [top - room - height, foot + room].flatMap((y) =>
    [middle - length / 2, right - length, left].map((x) => ({ x, y, width: length, height })),
  );
  const inside = (at: number, size: number, least: number, most: number): number =>
    Math.max(least + room, Math.min(at, most - size));
  const bin = { x: view.width - BIN, y: view.height - BIN, width: BIN, height: BIN };
  let found: Rect | null = null;
  let least = Number.POSITIVE_INFINITY;
  // Beside several cards it stands upright, so that it is no wider than the room there.
  for (const wish of cards.length > 1 ? [...upright, ...over] : [...flat, ...upright, ...over]) {
    const box = {
      ...wish,
      x: inside(wish.x, wish.width, BUTTONS, view.width - room),
      y: inside(wish.y, wish.height, view.y, view.height - room),
    };
    if ([...cards, bin].some((each) => overlap(box, each) > 0)) continue;
    const covered = others.reduce((sum, card) => sum + overlap(box, card), 0);
    if (covered < least) [found, least] = [box, covered];
  }
  return found;
}

/** How many square pixels two parts share. */
function overlap(one: Rect, other: Rect): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}
