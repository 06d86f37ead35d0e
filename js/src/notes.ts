/** Notes on the canvas, as pure changes of a document. */

import { equal, freeId, type Position } from "./document";
import type { Experiment, Note } from "./protocol";

/** Colours of the paper: four quiet ones, and plain grey. */
export const NOTE_COLORS: readonly Note["color"][] = ["yellow", "blue", "green", "red", "gray"];

/** Smallest and largest side of a note that a hand can make, in pixels. */
export const NOTE_LEAST = 60;
export const NOTE_MOST = 2000;

/** The size of a new note. */
export const NOTE = { width: 200, height: 112 };

/** Put an empty note down; its id is the last one. */
export function addNote(document: Experiment, [x, y]: Position): Experiment {
  const id = freeId(document.notes, "note");
  const note: Note = {
    id,
    text: "",
    x: Math.round(x),
    y: Math.round(y),
    ...NOTE,
    color: "yellow",
    scope: "",
  };
  return { ...document, notes: [...document.notes, note] };
}

/** Change some of a note. */
export function setNote(document: Experiment, id: string, change: Partial<Note>): Experiment {
  const notes = document.notes.map((note) => {
    if (!isHere(note, id)) return note;
    const next = { ...note, ...change };
    return equal(note, next) ? note : next;
  });
  return notes.every((note, at) => note === document.notes[at]) ? document : { ...document, notes };
}

/** Throw notes away. */
export function removeNotes(document: Experiment, ids: readonly string[]): Experiment {
  const notes = document.notes.filter((note) => !ids.some((id) => isHere(note, id)));
  return notes.length === document.notes.length ? document : { ...document, notes };
}

/** Whether a note is the one of a name, of those that stand in view and not in a group. */
function isHere(note: Note, id: string): boolean {
  return note.id === id && note.scope === "";
}
