/** Every key of the canvas in one table: by it the keys work, and from it the sheet of keys is drawn. */

import type { ReactFlowInstance } from "@xyflow/react";
import type { Store } from "../store";
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
  run,
  shift,
  through,
  toEnd,
  walk,
} from "./byKeys";
import { CARD } from "./focus";
import { nodeId } from "./ids";

/** What is open on a narrow page, over the canvas. */
export type Drawer = "palette" | "panel" | null;

/** Where a key was pressed. */
export interface Place {
  store: Store;
  flow: ReactFlowInstance;
  /** The widget. */
  root: HTMLElement;
  /** The node whose card has the focus itself. */
  card: string | null;
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
  /** On a card, in a field of one, on the canvas and all in it, or everywhere in the widget. */
  when: "card" | "field" | "canvas" | "always";
  /** Whether it also works while somebody writes in a field. */
  typing?: true;
  /** What it does; `false` leaves the key to others. */
  action: (at: Place) => unknown;
  /** Its sentence under `ui.keys`. */
  text: string;
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
  { keys: ["Enter"], when: "card", text: "edit", action: edit },
  { keys: ["Tab"], when: "field", typing: true, text: "next_field", action: through(1) },
  { keys: ["Shift+Tab"], when: "field", typing: true, text: "last_field", action: through(-1) },
  { keys: ["Escape"], when: "field", typing: true, text: "back", action: back },
  { keys: ["C"], when: "card", text: "connect", action: connectTo },
  { keys: ["A", "+"], when: "card", text: "below", action: insert("below") },
  { keys: ["Shift+A"], when: "card", text: "above", action: insert("above") },
  { keys: ["Delete", "Backspace"], when: "card", text: "remove", action: remove },
  { keys: ["P"], when: "always", text: "problem", action: nextProblem },
  { keys: ["O"], when: "always", text: "outline", action: ({ turn }) => turn() },
  { keys: ["D"], when: "canvas", text: "learn", action: learn },
  { keys: ["Ctrl+Enter"], when: "always", typing: true, text: "run", action: run },
  { keys: ["F6"], when: "always", typing: true, text: "region", action: region(1) },
  { keys: ["Shift+F6"], when: "always", typing: true, text: "region_back", action: region(-1) },
  { keys: ["/"], when: "always", text: "search", action: search },
  {
    keys: ["Escape"],
    when: "always",
    typing: true,
    text: "close",
    action: ({ openDrawer }) => openDrawer(null),
  },
];

function search({ root, openDrawer }: Place): void {
  openDrawer("palette");
  // The drawer is hidden until it is drawn.
  requestAnimationFrame(() =>
    root.querySelector<HTMLElement>('[data-testid="blockml-palette-search"]')?.focus(),
  );
}

/** Do what the table has for a key; whether it had something. */
export function press(event: KeyboardEvent, at: Omit<Place, "card" | "field">, rows = KEYS): boolean {
  const target = event.target instanceof HTMLElement ? event.target : at.root;
  const typing = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const canvas = target === at.root || target.closest(".bm-canvas, .bm-outline-view") !== null;
  const around = target.closest<HTMLElement>(CARD);
  const id = around ? nodeId(around.dataset.id ?? "") : null;
  const [card, field] = around === target ? [id, null] : [null, id];
  const name = pressed(event);
  for (const row of rows) {
    if (!row.keys.includes(name) || (typing && !row.typing)) continue;
    if (!{ card: card !== null, field: field !== null, canvas, always: true }[row.when]) continue;
    if (row.action({ ...at, card, field }) === false) continue;
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
