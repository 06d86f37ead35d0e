/** Hints: a sentence at the right moment, until somebody has done what it tells of. */

import type { CanvasStore } from "../store";

/** How often something is done before it counts as learned. */
export const ENOUGH = 2;

/** How many edits show that somebody finds the way alone. */
const ALONE = 8;

export type HintName = "connect" | "undo" | "find";

export interface Hint {
  name: HintName;
  /** Whether this is the moment for it. */
  due: (now: CanvasStore, past: Past) => boolean;
  /** Whether it was just done. */
  did: (before: CanvasStore, now: CanvasStore) => boolean;
}

/** What was done on this page. */
export interface Past {
  /** Blocks added without a search. */
  added: number;
  /** Whether the last change took blocks away. */
  removed: boolean;
  /** Changes of any kind. */
  edits: number;
  /** Whether a network was trained. */
  trained: boolean;
}

export const NOTHING: Past = { added: 0, removed: false, edits: 0, trained: false };

/** Whether somebody has begun without the tour, and need not be asked any more. */
export function hasBegun({ edits, trained }: Past): boolean {
  return trained || edits >= ALONE;
}

export const HINTS: readonly Hint[] = [
  {
    name: "undo",
    due: (now, past) => past.removed && now.canUndo,
    did: (before, now) => now.revision !== before.revision && now.cause === "undone",
  },
  {
    name: "connect",
    due: ({ view, catalogue }) => {
      if (view.graph.nodes.length < 3) return false;
      const fed = new Set(view.graph.edges.map((edge) => edge.target));
      return view.graph.nodes.some(
        (node) =>
          !fed.has(node.id) &&
          (catalogue.blocks.find((entry) => entry.name === node.block)?.inputs.length ?? 0) > 0,
      );
    },
    did: (before, now) =>
      now.cause === "edit" &&
      now.view.graph.nodes.length === before.view.graph.nodes.length &&
      now.view.graph.edges.length > before.view.graph.edges.length,
  },
  { name: "find", due: (_, past) => past.added >= 3, did: () => false },
];

/** What a change adds to the past. */
export function passed(past: Past, before: CanvasStore, now: CanvasStore): Past {
  if (now.run.can_predict && !before.run.can_predict) return { ...past, trained: true };
  if (now.revision === before.revision) return past;
  const more = now.view.graph.nodes.length - before.view.graph.nodes.length;
  const isEdit = now.cause === "edit";
  const old = new Set(before.view.graph.nodes.map((node) => node.id));
  // A group takes the place of blocks, and holds them.
  const isGroup = now.view.graph.nodes.some((node) => node.graph && !old.has(node.id));
  return {
    ...past,
    edits: past.edits + (isEdit ? 1 : 0),
    // A network that was opened brings many at once.
    added: past.added + (isEdit && more === 1 ? 1 : 0),
    removed: isEdit && more < 0 && !isGroup,
  };
}
