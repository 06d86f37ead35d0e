/** What can be done with the selection, in a small box beside it. */

import type { ReactFlowState } from "@xyflow/react";
import type { ReactElement } from "react";
import { ALIGNMENTS, align } from "../align";
import { duplicate } from "../canvas/actions";
import { useDesk } from "../canvas/desk";
import { useStore } from "../canvas/flow";
import { useDelete } from "../canvas/gestures";
import { groupChosen, unpackChosen } from "../canvas/groupActions";
import { noteOf } from "../canvas/ids";
import { type Flag, haveFlag, switchFlag } from "../flags";
import { Icon, type IconName } from "../icons";
import { graphAt } from "../ports";
import { useCanvas, useCanvasStore, useT } from "../store";

/** Height of the box, width of a button in it, and room around, in pixels. */
const BOX = { height: 36, button: 30, room: 12 };

interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the selected cards are, on the canvas as it is shown, as text: equal texts draw nothing again. */
function selectedRects({ nodeLookup, transform: [left, top, zoom], width, height }: ReactFlowState): string {
  const rects: Rect[] = [];
  for (const node of nodeLookup.values()) {
    if (!node.selected || noteOf(node.id) !== undefined) continue;
    if (node.dragging) return "";
    const { x, y } = node.internals.positionAbsolute;
    rects.push({
      x: Math.round(x * zoom + left),
      y: Math.round(y * zoom + top),
      width: Math.round((node.measured.width ?? 0) * zoom),
      height: Math.round((node.measured.height ?? 0) * zoom),
    });
  }
  return rects.length === 0 ? "" : JSON.stringify([{ x: 0, y: 0, width, height }, ...rects]);
}

/** The box. It never covers what it is about: where there is no room beside it, only the keys remain. */
export default function Toolbox(): ReactElement | null {
  const t = useT();
  const rects = useStore(selectedRects);
  const busy = useDesk((desk) => desk.wish !== null);
  const ids = useCanvas((canvas) => canvas.selection);
  if (rects === "" || busy || ids.length === 0) return null;
  const [view, ...cards] = JSON.parse(rects) as [Rect, ...Rect[]];
  const count = ids.length > 1 ? 5 + ALIGNMENTS.length : 5;
  const at = freePlace(view, cards, count * BOX.button + 8);
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
      <Tools ids={ids} />
    </div>
  );
}

function Tools({ ids }: { ids: readonly string[] }): ReactElement {
  const store = useCanvasStore();
  const remove = useDelete();
  const isGroup = useCanvas((canvas) => ids.length === 1 && graphAt(canvas.view, ids[0] ?? "") !== null);
  const { edit } = store.getState();
  return (
    <>
      <FlagTool ids={ids} flag="bypassed" icon="bypass" />
      <FlagTool ids={ids} flag="frozen" icon="freeze" />
      <Tool name="duplicate" icon="duplicate" onClick={() => duplicate({ store })} />
      {isGroup ? (
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

function FlagTool({ ids, flag, icon }: { ids: readonly string[]; flag: Flag; icon: IconName }): ReactElement {
  const on = useCanvas((canvas) => haveFlag(canvas.view, ids, flag));
  const edit = useCanvas((canvas) => canvas.edit);
  return (
    <Tool
      name={flag}
      icon={icon}
      pressed={on}
      onClick={() => edit((document) => switchFlag(document, ids, flag))}
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

/** A place for a box beside cards: right or left of them first, because their column goes on above and below. */
function freePlace(view: Rect, cards: readonly Rect[], length: number): Rect | null {
  const [left, top] = [Math.min(...cards.map((each) => each.x)), Math.min(...cards.map((each) => each.y))];
  const right = Math.max(...cards.map((each) => each.x + each.width));
  const foot = Math.max(...cards.map((each) => each.y + each.height));
  const { room, height } = BOX;
  // Beside several cards it stands upright, so that it is no wider than the room there.
  const [wide, tall] = cards.length > 1 ? [height, length] : [length, height];
  const y = (top + foot - tall) / 2;
  const x = (left + right - length) / 2;
  const places: Rect[] = [
    { x: right + room, y, width: wide, height: tall },
    { x: left - room - wide, y, width: wide, height: tall },
    { x, y: top - room - height, width: length, height },
    { x, y: foot + room, width: length, height },
  ];
  const inside = (at: number, size: number, all: number): number =>
    Math.max(room, Math.min(at, all - size - room));
  return (
    places
      .map((box) => ({
        ...box,
        x: inside(box.x, box.width, view.width),
        y: inside(box.y, box.height, view.height),
      }))
      .find((box) => !cards.some((card) => overlap(box, card))) ?? null
  );
}

function overlap(one: Rect, other: Rect): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
