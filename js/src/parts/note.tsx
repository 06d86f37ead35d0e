/** What changes a note: its text while it is written, its colour and its size. */

import { type PointerEvent, type ReactElement, useEffect, useRef } from "react";
import { useDeskStore } from "../canvas/desk";
import { useActions, useT } from "../context";
import { NOTE_COLORS, NOTE_LEAST, NOTE_MOST, removeNotes, setNote } from "../notes";
import type { Note } from "../protocol";

export interface Size {
  width: number;
  height: number;
}

interface Props {
  note: Note;
  writing: boolean;
  selected: boolean;
  /** The size while a hand changes it. */
  size: Size | null;
  set: (size: Size | null) => void;
}

export default function NoteTools({ note, writing, selected, size, set }: Props): ReactElement {
  return (
    <>
      {writing ? <Paper note={note} /> : null}
      {selected ? <Colours note={note} /> : null}
      {selected ? <Grip note={note} size={size} set={set} /> : null}
    </>
  );
}

/**
 * The text while it is written; every letter goes to the document at once.
 *
 * The field keeps its own text: what comes back from the document is older than what was typed since.
 */
function Paper({ note }: { note: Note }): ReactElement {
  const t = useT();
  const desk = useDeskStore();
  const { edit } = useActions();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(MOST, MOST);
  }, []);
  const end = (): void => {
    desk.setState({ writing: null });
    // A note that says nothing would only be in the way.
    if (field.current?.value.trim() === "") edit((document) => removeNotes(document, [note.id]));
  };
  return (
    <textarea
      ref={field}
      className="nodrag nopan nowheel"
      aria-label={t("ui.edit.note")}
      maxLength={MOST}
      defaultValue={note.text}
      onInput={(event) => {
        const text = event.currentTarget.value;
        edit((document) => setNote(document, note.id, { text }), `note.${note.id}`);
      }}
      onBlur={end}
      onKeyDown={(event) => {
        // The keys of the canvas mean letters here.
        event.stopPropagation();
        if (event.key !== "Escape") return;
        event.currentTarget.closest<HTMLElement>(".react-flow__node")?.focus();
      }}
    />
  );
}

/** Longest text that a document may hold, in characters. */
const MOST = 10_000;

function Colours({ note }: { note: Note }): ReactElement {
  const t = useT();
  const { edit } = useActions();
  return (
    <fieldset className="bm-paper-colours nodrag nopan" aria-label={t("ui.edit.note_color")}>
      {NOTE_COLORS.map((color) => (
        <button
          key={color}
          type="button"
          className={`bm-paper-${color}`}
          title={t(`ui.edit.colors.${color}`)}
          aria-label={t(`ui.edit.colors.${color}`)}
          aria-pressed={color === note.color}
          onClick={() => edit((document) => setNote(document, note.id, { color }))}
        />
      ))}
    </fieldset>
  );
}

type GripProps = Pick<Props, "note" | "size" | "set">;

/** The corner with which a hand or the arrow keys change the size. */
function Grip({ note, size, set }: GripProps): ReactElement {
  const t = useT();
  const { edit } = useActions();
  const last = useRef(size);
  last.current = size;
  const clamp = (value: number): number => Math.round(Math.max(NOTE_LEAST, Math.min(NOTE_MOST, value)));
  const start = (event: PointerEvent<HTMLElement>): void => {
    event.stopPropagation();
    const grip = event.currentTarget;
    const paper = grip.parentElement;
    // The note is drawn as large as the canvas is zoomed.
    const zoom = paper ? paper.getBoundingClientRect().width / note.width : 1;
    const [x, y] = [event.clientX, event.clientY];
    grip.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent): void =>
      set({
        width: clamp(note.width + (next.clientX - x) / zoom),
        height: clamp(note.height + (next.clientY - y) / zoom),
      });
    const end = (): void => {
      grip.removeEventListener("pointermove", move);
      const found = last.current;
      if (found) edit((document) => setNote(document, note.id, found));
      set(null);
    };
    grip.addEventListener("pointermove", move);
    grip.addEventListener("pointerup", end, { once: true });
    grip.addEventListener("pointercancel", end, { once: true });
  };
  return (
    <button
      type="button"
      className="bm-paper-grip nodrag nopan"
      aria-label={t("ui.edit.note_size")}
      title={t("ui.edit.note_size")}
      onPointerDown={start}
      onKeyDown={(event) => {
        const step = { ArrowRight: [20, 0], ArrowLeft: [-20, 0], ArrowDown: [0, 20], ArrowUp: [0, -20] }[
          event.key
        ];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        const [width, height] = [clamp(note.width + (step[0] ?? 0)), clamp(note.height + (step[1] ?? 0))];
        edit((document) => setNote(document, note.id, { width, height }), `size.${note.id}`);
      }}
    />
  );
}
