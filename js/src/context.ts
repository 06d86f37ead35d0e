/** How what is drawn reaches its canvas: the state, what can be done, and the language. */

import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
} from "react";
import { useStore } from "zustand";
import type { Actions, CanvasStore, Store } from "./store";
import { type Language, sentence, type Values } from "./texts";

/** What a component says, and in which language; a new object when the last of its sentences have come. */
export interface Speech {
  language: Language;
  say: (key: string, values?: Values) => string;
}

const StoreContext = createContext<Store | null>(null);
// Each card says a dozen sentences: had every one of them to ask the store, each change would wait for a thousand.
const SpeechContext = createContext<Speech | null>(null);

/** Gives a canvas to what is drawn inside. */
export function StoreProvider({ store, children }: { store: Store; children?: ReactNode }): ReactElement {
  const language = useStore(store, (canvas) => canvas.language);
  const whole = useStore(store, (canvas) => canvas.whole);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more sentences are another speech
  const speech = useMemo(
    (): Speech => ({ language, say: (key, values) => sentence(key, language, values) }),
    [language, whole],
  );
  const inner = createElement(SpeechContext.Provider, { value: speech }, children);
  return createElement(StoreContext.Provider, { value: store }, inner);
}

function useGiven<T>(context: Context<T | null>): T {
  const found = useContext(context);
  if (found === null) throw new Error("this component stands outside of a canvas");
  return found;
}

/** The store itself, for what happens outside of drawing. */
export function useCanvasStore(): Store {
  return useGiven(StoreContext);
}

/** What can be done; nothing draws again for it. */
export function useActions(): Actions {
  return useCanvasStore().getState();
}

/** A part of the state; the component draws again when that part changes. */
export function useCanvas<T>(pick: (state: CanvasStore) => T): T {
  return useStore(useCanvasStore(), pick);
}

/** The language of the canvas; what asks for it is drawn again when the last of its sentences are here. */
export function useLanguage(): Language {
  return useGiven(SpeechContext).language;
}

/** Fills sentences in the language of the canvas. */
export function useT(): Speech["say"] {
  return useGiven(SpeechContext).say;
}
