/** Copying and pasting blocks as text, through the clipboard of the system. */

import { useReactFlow } from "@xyflow/react";
import { type ClipboardEvent, type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import { clipText } from "../clip";
import { useCanvasStore } from "../context";
import { MAX_NOTES, type Position } from "../document";
import { loadPart } from "../parts";
import { asProblem } from "../problems";
import { problemText, sentence } from "../texts";
import { chosenNotes } from "./actions";
import { useDeskStore } from "./desk";
import { focusCard } from "./focus";
import { useDelete } from "./gestures";
import { meant, type Step } from "./grownCards";
import { plainHeights } from "./useDrop";

/** What was copied last in this page, for pages that may not read the clipboard. */
let lastText = "";

/** How long, in milliseconds, a browser has to bring what Ctrl+Shift+V pastes; some bring nothing. */
const PATIENCE = 120;

interface Handlers {
  onCopy: (event: ClipboardEvent<HTMLElement>) => void;
  onCut: (event: ClipboardEvent<HTMLElement>) => void;
  onPaste: (event: ClipboardEvent<HTMLElement>) => void;
  onKeyDownCapture: (event: KeyboardEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  onPointerLeave: () => void;
}

/**
 * Handlers for the area of the canvas.
 *
 * The events of the browser bring the text without asking for a permission. A field keeps them to itself.
 */
export function useClipboard(
  area: React.RefObject<HTMLDivElement | null>,
  steps: { readonly current: readonly Step[] },
): Handlers {
  const store = useCanvasStore();
  const desk = useDeskStore();
  const flow = useReactFlow();
  const remove = useDelete();
  const pointer = useRef<{ x: number; y: number } | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  return useMemo(() => {
    const say = (key: string, kind: "info" | "error", values = {}): void => {
      const { language, notify } = store.getState();
      notify({ kind, text: sentence(key, language, values) });
    };
    const copy = (event: ClipboardEvent<HTMLElement>): boolean => {
      if (isForText(event.target)) return false;
      const { selection, view } = store.getState();
      const notes = chosenNotes(flow);
      if (selection.length + notes.length === 0) return false;
      lastText = clipText(view, selection, notes);
      event.clipboardData.setData("text/plain", lastText);
      event.preventDefault();
      event.stopPropagation();
      return true;
    };
    const take = async (text: string, linked: boolean): Promise<void> => {
      // Where the pointer is now, not where it is when the part has come.
      const found = pointer.current && flow.screenToFlowPosition(pointer.current);
      const { paste, readClip } = await loadPart(store, "clip");
      const clip = readClip(text);
      if (typeof clip === "string") {
        say(clip, clip === "ui.edit.paste_other" ? "info" : "error");
        return;
      }
      const { catalogue, edit, scope, select } = store.getState();
      const at: Position | null = found && [found.x, meant(steps.current, found.y)];
      const heights = plainHeights(store, area.current);
      // A group shows its own notes only; the limit is that of the whole document.
      const room = Math.max(0, MAX_NOTES - store.getState().document.notes.length);
      const fitting = { ...clip, notes: clip.notes.slice(0, room) };
      let made: readonly string[] = [];
      let notes: readonly string[] = [];
      edit((document) => {
        const added = paste(document, fitting, catalogue.blocks, heights, at, linked, scope.length > 0);
        [made, notes] = [added.ids, added.notes];
        desk.setState({ fresh: notes });
        return added.document;
      });
      select(made);
      const root = area.current?.closest<HTMLElement>(".blockml");
      // What was pasted may stand where nobody looks.
      if (root && made[0] !== undefined) focusCard(root, flow, made[0]);
      if (notes.length < clip.notes.length) say("ui.edit.notes_full", "info", { most: MAX_NOTES });
      else if (made.length + notes.length === 0) say("ui.edit.paste_ends", "info");
    };
    const bring = (text: string, linked: boolean): void => {
      take(text, linked).catch((error: unknown) => {
        const { language, notify } = store.getState();
        notify({ kind: "error", text: problemText(asProblem(error), "message", language) });
      });
    };
    const withoutEvent = async (): Promise<void> => {
      waiting.current = null;
      let text = lastText;
      try {
        text = await navigator.clipboard.readText();
      } catch {
        // It may not be read here; what was copied in this page is known all the same.
      }
      if (text === "") say("ui.edit.paste_blocked", "info");
      else bring(text, true);
    };
    return {
      onCopy: copy,
      onCut: (event) => {
        if (!copy(event)) return;
        remove(store.getState().selection, chosenNotes(flow));
        area.current?.focus();
      },
      onPaste: (event) => {
        if (isForText(event.target)) return;
        const linked = waiting.current !== null;
        if (waiting.current) clearTimeout(waiting.current);
        waiting.current = null;
        event.preventDefault();
        event.stopPropagation();
        const text = event.clipboardData.getData("text/plain");
        if (text !== "") bring(text, linked);
      },
      onKeyDownCapture: (event) => {
        if (isForText(event.target) || event.code !== "KeyV" || !event.shiftKey) return;
        if (!event.ctrlKey && !event.metaKey) return;
        if (waiting.current) clearTimeout(waiting.current);
        waiting.current = setTimeout(() => void withoutEvent(), PATIENCE);
      },
      onPointerMove: ({ clientX: x, clientY: y }) => {
        pointer.current = { x, y };
      },
      onPointerLeave: () => {
        pointer.current = null;
      },
    };
  }, [area, desk, flow, remove, steps, store]);
}

/** Whether a clipboard event is about text: in a field, or where text is marked. */
function isForText(target: EventTarget): boolean {
  if (target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]"))
    return true;
  return window.getSelection()?.type === "Range";
}
