/** What a view of the canvas is busy with: it is no part of the document, and no other view shows it. */

import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import type { Position } from "../document";
import type { Aim, Carried } from "./aim";

/** A block that somebody looks for, and what becomes of it. */
export interface Wish {
  /** Where the search opens, as a point of the window; without it in the middle of the canvas. */
  from?: { x: number; y: number };
  /** Where the block goes. */
  position?: Position;
  /** The loose end of a connection that it is for. */
  loose?: { end: "source" | "target"; node: string; port: string };
  /** The block above or below which it goes. */
  beside?: { node: string; side: "above" | "below" };
}

export interface Desk {
  wish: Wish | null;
  /** Where the card that is dragged would go. */
  aim: (Aim & { card: Carried }) | null;
  /** Whether a drag on the empty canvas selects; for fingers, which have no Shift. */
  boxing: boolean;
  /** Whether the small map shows; `null` until somebody chose. */
  map: boolean | null;
  /** Whether the network that came last goes far beyond the view; then the small map shows by itself. */
  large: boolean;
  help: boolean;
  /** The note that is being written. */
  writing: string | null;
  /** Notes that were just pasted, and are selected when they are drawn. */
  fresh: readonly string[];
}

export type DeskStore = StoreApi<Desk>;

export function createDesk(): DeskStore {
  return createStore<Desk>()(() => ({
    wish: null,
    aim: null,
    boxing: false,
    map: null,
    large: false,
    help: false,
    writing: null,
    fresh: [],
  }));
}

export const DeskContext = createContext<DeskStore | null>(null);

/** The desk of the view around. */
export function useDeskStore(): DeskStore {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("this component stands outside of a canvas");
  return desk;
}

/** A part of it; the component draws again when that part changes. */
export function useDesk<T>(pick: (desk: Desk) => T): T {
  return useStore(useDeskStore(), pick);
}
