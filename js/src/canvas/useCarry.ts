/** Dragging cards that are there: they snap to columns, join what they come near, or fall into the trash. */

import type { Node as FlowNode, NodeChange } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { useCanvasStore } from "../context";
import { nodeOf, own, type Position, place } from "../document";
import { setNote } from "../notes";
import { SETTINGS_HEIGHT } from "../place";
import type { Experiment } from "../protocol";
import { type Aim, aim, type Carried, MOVED, NONE } from "./aim";
import { useDeskStore } from "./desk";
import { entryOf, putDown, useDelete } from "./gestures";
import { meant, type Step } from "./grownCards";
import { nodeId, noteOf } from "./ids";
import { plainHeights, sceneOf } from "./useDrop";

interface Held {
  /** The card under the hand, which the others follow. */
  name: string;
  card: Omit<Carried, "x" | "y"> | null;
  only: boolean;
  found: Aim | null;
  /** How far it was moved from where the hand has it. */
  shift: Position;
  /** Where all that moves stood, once the person wants it back there. */
  back: ReadonlyMap<string, FlowNode["position"]> | null;
}

export interface Carry {
  start: (event: unknown, node: FlowNode, dragged: FlowNode[]) => void;
  /** Changes of React Flow with what snaps. */
  adjust: (changes: NodeChange[]) => NodeChange[];
  stop: (dragged: FlowNode[], intoTrash: boolean) => void;
}

export function useCarry(
  area: React.RefObject<HTMLDivElement | null>,
  steps: { readonly current: readonly Step[] },
): Carry {
  const store = useCanvasStore();
  const desk = useDeskStore();
  const remove = useDelete();
  const held = useRef<Held | null>(null);
  return useMemo(() => {
    const start: Carry["start"] = (_, node, dragged) => {
      const { catalogue, view: document, heights } = store.getState();
      const id = nodeId(node.id);
      const entry = entryOf(catalogue.blocks, nodeOf(document.graph, id));
      const along = new Set(dragged.map((each) => nodeId(each.id)));
      const height = heights.get(id) ?? SETTINGS_HEIGHT;
      const card = entry && noteOf(node.id) === undefined ? { id, along, entry, height } : null;
      const only = dragged.length === 1;
      const now: Held = { name: node.id, card, only, found: null, shift: [0, 0], back: null };
      held.current = now;
      const stood = new Map(dragged.map((each) => [each.id, { ...each.position }]));
      const ends = new AbortController();
      const { signal } = ends;
      const giveUp = (pressed: KeyboardEvent): void => {
        if (pressed.key !== "Escape") return;
        // It does not leave the group as well.
        pressed.stopPropagation();
        now.back = stood;
        desk.setState({ aim: null });
      };
      window.addEventListener("keydown", giveUp, { capture: true, signal });
      for (const end of ["pointerup", "pointercancel"])
        window.addEventListener(end, () => ends.abort(), { capture: true, signal });
    };
    const adjust: Carry["adjust"] = (changes) => {
      const now = held.current;
      const back = now?.back;
      if (back)
        return changes.map((each) =>
          each.type === "position" ? { ...each, position: back.get(each.id) ?? each.position } : each,
        );
      if (!now?.card) return changes;
      const mine = changes.find((each) => each.type === "position" && each.id === now.name);
      if (mine?.type !== "position" || !mine.position) return changes;
      const { x, y } = mine.position;
      const card: Carried = { ...now.card, x, y };
      now.found = aim(sceneOf(store, steps.current), card, now.only ? MOVED : NONE);
      now.shift = [now.found.at[0] - x, now.found.at[1] - y];
      desk.setState({ aim: mine.dragging ? { ...now.found, card } : null });
      return changes.map((each) =>
        each.type === "position" && each.position
          ? { ...each, position: { x: each.position.x + now.shift[0], y: each.position.y + now.shift[1] } }
          : each,
      );
    };
    const stop: Carry["stop"] = (dragged, intoTrash) => {
      const now = held.current;
      held.current = null;
      desk.setState({ aim: null });
      if (!now || now.back) return;
      const notes = dragged.flatMap((each) => noteOf(each.id) ?? []);
      const cards = dragged.filter((each) => noteOf(each.id) === undefined);
      if (intoTrash) {
        remove(
          cards.map((each) => nodeId(each.id)),
          notes,
        );
        return;
      }
      const at = ({ position }: FlowNode): Position => [
        Math.round(position.x + now.shift[0]),
        Math.round(meant(steps.current, position.y + now.shift[1])),
      ];
      const { catalogue, edit } = store.getState();
      const goal = now.only && now.found && isGoal(now.found) ? now.found : null;
      edit((document) => {
        if (goal && now.card?.id && cards[0]) {
          const plain = plainHeights(store, area.current);
          return putDown(document, catalogue.blocks, now.card.id, at(cards[0]), goal, plain);
        }
        const next = moved(
          document,
          cards.map((each) => [nodeId(each.id), at(each)]),
        );
        return dragged.reduce((changed, each) => {
          const id = noteOf(each.id);
          if (id === undefined) return changed;
          const [x, y] = [each.position.x + now.shift[0], each.position.y + now.shift[1]].map(Math.round);
          return setNote(changed, id, { x: x ?? 0, y: y ?? 0 });
        }, next);
      });
    };
    return { start, adjust, stop };
  }, [area, desk, remove, steps, store]);
}

function isGoal({ onto, above, below }: Aim): boolean {
  return onto !== null || above !== null || below !== null;
}

/** Positions that differ from what they were; the document itself where none does. */
function moved(document: Experiment, positions: readonly (readonly [string, Position])[]): Experiment {
  const changed = positions.filter(([id, at]) => {
    const old = own(document.layout, id);
    return !old || old[0] !== at[0] || old[1] !== at[1];
  });
  return changed.length === 0 ? document : place(document, Object.fromEntries(changed));
}
