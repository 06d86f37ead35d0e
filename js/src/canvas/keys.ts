/** Every key of the canvas in one table: by it the keys work, and from it the sheet of keys is drawn. */

import type { ReactFlowInstance } from "@xyflow/react";
import type { Store } from "../store";
import { nodeId } from "./ids";

/** What is open on a narrow page, over the canvas. */
export type Drawer = "palette" | "panel" | null;

/** Where a key was pressed. */
export interface Place {
  store: Store;
  flow: ReactFlowInstance;
  /** The widget. */
  root: HTMLElement;
  /** The node whose card has the focus, not a field on it. */
  card: string | null;
  openDrawer: (drawer: Drawer) => void;
}

export interface KeyRow {
  /** Names of keys as `pressed` gives them, such as `Ctrl+Shift+Z`; the first one is shown. */
  keys: readonly string[];
  /** On a card, on the canvas and its cards, or everywhere in the widget. */
  when: "card" | "canvas" | "always";
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
export function press(event: KeyboardEvent, at: Omit<Place, "card">, rows = KEYS): boolean {
  const target = event.target instanceof HTMLElement ? event.target : at.root;
  const typing = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const canvas = target === at.root || target.closest(".bm-canvas") !== null;
  const card = target.matches(".react-flow__node") ? nodeId(target.dataset.id ?? "") : null;
  const name = pressed(event);
  for (const row of rows) {
    if (!row.keys.includes(name) || (typing && !row.typing)) continue;
    if ((row.when === "card" && card === null) || (row.when === "canvas" && !canvas)) continue;
    if (row.action({ ...at, card }) === false) continue;
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
