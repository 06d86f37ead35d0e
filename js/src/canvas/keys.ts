/** Every key of the canvas in one table: by it the keys work, and from it the sheet of keys is drawn. */

import {
  chosenNotes,
  duplicate,
  fitChosen,
  flag,
  look,
  note,
  removeChosen,
  search,
  selectAll,
  tidy,
  type View,
} from "./actions";
import type { Ask } from "./ask";
import {
  back,
  choose,
  connectTo,
  edit,
  insert,
  learn,
  nextProblem,
  region,
  remove,
  rename,
  run,
  shift,
  through,
  toEnd,
  walk,
} from "./byKeys";
import { CARD, outlineOf } from "./focus";
import { groupChosen, leaveGroup, openGroup, unpackChosen } from "./groupActions";
import { nodeId, noteOf } from "./ids";

/** What is open on a narrow page, over the canvas. */
export type Drawer = "palette" | "panel" | null;

/** Where a key was pressed. */
export interface Place extends View {
  /** The node whose card has the focus itself. */
  card: string | null;
  /** The note that has the focus itself. */
  note: string | null;
  /** The node on whose card a field or button has the focus. */
  field: string | null;
  openDrawer: (drawer: Drawer) => void;
  ask: (ask: Ask) => void;
  /** Show the outline instead of the canvas, or the canvas again. */
  turn: () => void;
}

export interface KeyRow {
  /** Names of keys as `pressed` gives them, such as `Ctrl+Shift+Z`; the first one is shown. */
  keys: readonly string[];
  /** On a card or a note, in a field of one, on the canvas and all in it, or everywhere in the widget. */
  when: "card" | "field" | "canvas" | "always";
  /** Whether it also works while somebody writes in a field. */
  typing?: true;
  /** What it does; `false` leaves the key to others. */
  action: (at: Place) => unknown;
  /** Its sentence under `ui.keys`. */
  text: string;
  /** Where it stands on the sheet of keys; without it among those of the whole widget. */
  group?: "edit" | "view";
}

/** The table. Areas of the canvas add their rows here. */
export const KEYS: readonly KeyRow[] = [
  { keys: ["Ctrl+Z"], when: "always", text: "undo", action: ({ store }) => store.getState().undo() },
  {
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    when: "always",
    text: "redo",
    action: ({ store }) => store.getState().redo(),
  },
  { keys: ["ArrowDown"], when: "canvas", text: "down", action: walk("down") },
  { keys: ["ArrowUp"], when: "canvas", text: "up", action: walk("up") },
  { keys: ["ArrowLeft"], when: "canvas", text: "left", action: walk("left") },
  { keys: ["ArrowRight"], when: "canvas", text: "right", action: walk("right") },
  { keys: ["Shift+ArrowDown"], when: "card", text: "extend", action: walk("down", true) },
  { keys: ["Shift+ArrowUp"], when: "card", text: "extend", action: walk("up", true) },
  { keys: ["Shift+ArrowLeft"], when: "card", text: "extend", action: walk("left", true) },
  { keys: ["Shift+ArrowRight"], when: "card", text: "extend", action: walk("right", true) },
  { keys: ["Alt+ArrowDown"], when: "card", text: "move", action: shift("down") },
  { keys: ["Alt+ArrowUp"], when: "card", text: "move", action: shift("up") },
  { keys: ["Alt+ArrowLeft"], when: "card", text: "move", action: shift("left") },
  { keys: ["Alt+ArrowRight"], when: "card", text: "move", action: shift("right") },
  { keys: ["Home"], when: "canvas", text: "first", action: toEnd(false) },
  { keys: ["End"], when: "canvas", text: "last", action: toEnd(true) },
  { keys: ["Space"], when: "card", text: "choose", action: choose },
  { keys: ["Ctrl+G"], when: "canvas", text: "group", group: "edit", action: groupChosen },
  { keys: ["Ctrl+Shift+G"], when: "canvas", text: "unpack", group: "edit", action: unpackChosen },
  { keys: ["Enter"], when: "card", text: "edit", action: (at) => openGroup(at) || edit(at) },
  { keys: ["F2"], when: "canvas", text: "rename", group: "edit", action: rename },
  { keys: ["Tab"], when: "field", typing: true, text: "next_field", action: through(1) },
  { keys: ["Shift+Tab"], when: "field", typing: true, text: "last_field", action: through(-1) },
  { keys: ["Escape"], when: "field", typing: true, text: "back", action: back },
  { keys: ["Escape"], when: "canvas", text: "leave_group", group: "edit", action: leaveGroup },
  { keys: ["C"], when: "card", text: "connect", group: "edit", action: connectTo },
  { keys: ["A", "+"], when: "card", text: "below", group: "edit", action: insert("below") },
  { keys: ["Shift+A"], when: "card", text: "above", group: "edit", action: insert("above") },
  { keys: ["Delete", "Backspace"], when: "card", text: "remove", group: "edit", action: remove },
  { keys: ["P"], when: "always", text: "problem", action: nextProblem },
  { keys: ["O"], when: "always", text: "outline", action: ({ turn }) => turn() },
  { keys: ["D"], when: "canvas", text: "learn", action: learn },
  { keys: ["Ctrl+Enter"], when: "always", typing: true, text: "run", action: run },
  { keys: ["F6"], when: "always", typing: true, text: "region", action: region(1) },
  { keys: ["Shift+F6"], when: "always", typing: true, text: "region_back", action: region(-1) },
  { keys: ["/"], when: "always", text: "search", action: find },
  { keys: ["?"], when: "always", text: "help", action: ({ desk }) => desk.setState({ help: true }) },
  {
    keys: ["Escape"],
    when: "always",
    typing: true,
    text: "close",
    action: ({ desk, openDrawer }) => {
      desk.setState({ wish: null, boxing: false });
      openDrawer(null);
    },
  },
  // The browser makes events of these three, which bring the clipboard along.
  { keys: ["Ctrl+C"], when: "canvas", text: "copy", group: "edit", action: () => false },
  { keys: ["Ctrl+X"], when: "canvas", text: "cut", group: "edit", action: () => false },
  { keys: ["Ctrl+V"], when: "canvas", text: "paste", group: "edit", action: () => false },
  { keys: ["Ctrl+Shift+V"], when: "canvas", text: "paste_linked", group: "edit", action: () => false },
  { keys: ["Ctrl+D"], when: "canvas", text: "duplicate", group: "edit", action: duplicate },
  { keys: ["Delete", "Backspace"], when: "canvas", text: "remove", group: "edit", action: removeChosen },
  { keys: ["Ctrl+A"], when: "canvas", text: "select_all", group: "edit", action: selectAll },
  { keys: ["Ctrl+B"], when: "canvas", text: "bypass", group: "edit", action: (at) => flag(at, "bypassed") },
  { keys: ["F"], when: "canvas", text: "freeze", group: "edit", action: (at) => flag(at, "frozen") },
  { keys: ["N"], when: "canvas", text: "note", group: "edit", action: (at) => note(at) },
  { keys: ["Enter"], when: "canvas", text: "note_write", group: "edit", action: write },
  // On the canvas the search stands beside the card; in the outline a question is asked.
  { keys: ["A", "+"], when: "canvas", text: "below", group: "edit", action: beside("below") },
  { keys: ["Shift+A"], when: "canvas", text: "above", group: "edit", action: beside("above") },
  { keys: ["L"], when: "canvas", text: "tidy", group: "view", action: (at) => void tidy(at) },
  { keys: ["."], when: "canvas", text: "fit", group: "view", action: fitChosen },
];

/** Look for a block: on the canvas, or in the palette beside the outline. */
function find(at: Place): void {
  if (!outlineOf(at.root)) {
    search(at);
    return;
  }
  at.openDrawer("palette");
  // The drawer is hidden until it is drawn.
  requestAnimationFrame(() => at.root.querySelector<HTMLElement>(".bm-palette input")?.focus());
}

/** Look for a block that goes above or below the one in focus. */
function beside(side: "above" | "below"): (at: Place) => boolean {
  return (at) => {
    if (at.card === null) return false;
    look(at, at.card, side);
    return true;
  };
}

/** Write the note that has the focus, or the one that is selected. */
function write({ desk, flow, note }: Place): boolean {
  const [id, more] = note === null ? chosenNotes(flow) : [note];
  if (id === undefined || more !== undefined) return false;
  desk.setState({ writing: id });
  return true;
}

/** Do what the table has for a key; whether it had something. */
export function press(
  event: KeyboardEvent,
  at: Omit<Place, "card" | "field" | "note">,
  rows = KEYS,
): boolean {
  const target = event.target instanceof HTMLElement ? event.target : at.root;
  const typing = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const canvas = target === at.root || target.closest(".bm-canvas, .bm-outline-view") !== null;
  const around = target.closest<HTMLElement>(CARD);
  const name = around?.dataset.id ?? "";
  const note = around === target ? (noteOf(name) ?? null) : null;
  const id = around && noteOf(name) === undefined ? nodeId(name) : null;
  const [card, field] = around === target ? [id, null] : [null, id];
  const keys = pressed(event);
  for (const row of rows) {
    if (!row.keys.includes(keys) || (typing && !row.typing)) continue;
    if (!{ card: card !== null || note !== null, field: field !== null, canvas, always: true }[row.when])
      continue;
    if (row.action({ ...at, card, field, note }) === false) continue;
    event.preventDefault();
    return true;
  }
  return false;
}

/** The name of what was pressed: `Ctrl+Shift+Z`, `Alt+ArrowUp`, `?`. The command key counts as Ctrl. */
export function pressed(event: Pick<KeyboardEvent, "key" | "code"> & Partial<KeyboardEvent>): string {
  const key = plain(event.key, event.code);
  const parts = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    // Some signs need Shift on one keyboard and not on another.
    event.shiftKey && (key.length > 1 || /[A-Z]/.test(key)) ? "Shift" : "",
    key,
  ];
  return parts.filter((part) => part !== "").join("+");
}

/** A key as the table names it. Where people write Hangul, the key says ㅊ and only its place on the keyboard says C. */
function plain(key: string, code: string): string {
  if (/^[\x21-\x7e]$/.test(key)) return key.toUpperCase();
  if (key === " ") return "Space";
  if (key.length > 1 && key !== "Process" && key !== "Unidentified") return key;
  return /^Key([A-Z])$/.exec(code)?.[1] ?? SIGNS[code] ?? key;
}

const SIGNS: Record<string, string | undefined> = { Slash: "/", Period: ".", Equal: "+" };
