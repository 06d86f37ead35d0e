/** The state of one canvas. All views of it in a page share one store; the panels read it through hooks. */

import { createContext, useCallback, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import { equal } from "./document";
import { begin, type History, record, redo, undo } from "./history";
import { createJobs, type JobSlice } from "./jobs";
import { bring } from "./languages";
import type { AnswerOf, Kernel, RequestName } from "./model";
import { estimate, settle } from "./place";
import { asProblem } from "./problems";
import type {
  AnalysisState,
  Catalogue,
  Experiment,
  JsonValue,
  RunEntry,
  RunState,
  TaskState,
} from "./protocol";
import { type Language, problemText, resolve, sentence, speaks, type Values } from "./texts";

export type Panel = "block" | "train" | "code";

/** A sentence for the person, shown for a while. */
export interface Notice {
  text: string;
  kind: "info" | "error";
}

export interface CanvasStore extends JobSlice {
  catalogue: Catalogue;
  document: Experiment;
  revision: number;
  /** Of the present revision, else the last there was; `stale` says which. */
  analysis: AnalysisState | null;
  stale: boolean;
  /** How the present document came about. */
  cause: "edit" | "undone" | "redone";
  run: RunState;
  /** Another run, to compare with. */
  compared: RunEntry | null;
  /** Work beside the training that takes time. */
  task: TaskState;
  language: Language;
  selection: readonly string[];
  panel: Panel;
  /** Where the present document was saved; `null` while it was not. */
  lastSaved: string | null;
  notice: Notice | null;
  /** Which parts of the panels are open, by name; they stay so when the panel changes. */
  folds: Readonly<Record<string, boolean>>;
  /** Measured heights of the cards by node id; never replaced, so nothing draws again for it. */
  heights: Map<string, number>;
  /** The node that the canvas brings into view; a new object for each wish. */
  target: { id: string } | null;
  canUndo: boolean;
  canRedo: boolean;
  /** Change the document; changes with one `merge` name in quick succession are one step of undo. */
  edit(change: (document: Experiment) => Experiment, merge?: string): void;
  undo(): void;
  redo(): void;
  select(ids: readonly string[]): void;
  show(panel: Panel): void;
  /** Select a node and bring it into view. */
  jump(id: string): void;
  setLanguage(language: Language): void;
  notify(notice: Notice | null): void;
  fold(name: string, open: boolean): void;
  compare(run: RunEntry | null): void;
  /** Ask the kernel; rejects with a `Diagnostic`. */
  request<N extends RequestName>(
    name: N,
    payload?: Record<string, JsonValue>,
    buffers?: ArrayBuffer[],
  ): Promise<AnswerOf<N>>;
}

export type Store = StoreApi<CanvasStore>;

/** Requests that speak of the document, so that the kernel must have the present one. */
const ABOUT_DOCUMENT: readonly RequestName[] = [
  "train",
  "code",
  "save",
  "preview",
  "check",
  "augmented",
  "rate",
];

/** Longest wait, in milliseconds, for the kernel to have the present document. */
const CATCH_UP = 2000;

/** Make the store of a canvas. */
export function createCanvasStore(kernel: Kernel): Store {
  const first = kernel.get("experiment");
  const heights = new Map<string, number>();
  // Documents may come without positions, from a file, a repair or Python; here they get them.
  const placed = (document: Experiment): Experiment => {
    estimate(document, kernel.get("catalogue").blocks, heights);
    return settle(document, heights);
  };
  let history = begin(placed(first.document));
  let saved: { document: Experiment; path: string } | null = null;
  /** The newest analysis that came, perhaps ahead of its document. */
  let newest = kernel.get("analysis");

  const store = createStore<CanvasStore>()((set, get) => {
    const savedPath = (document: Experiment): string | null =>
      saved?.document === document ? saved.path : null;
    /** Show a point of the history; it is the newest revision from now on. */
    const go = (next: History, revision: number, cause: CanvasStore["cause"]): void => {
      if (next === history) return;
      history = next;
      const document = next.present;
      const ids = new Set(document.graph.nodes.map((node) => node.id));
      const selection = get().selection.filter((id) => ids.has(id));
      set({
        document,
        revision,
        cause,
        stale: newest.revision !== revision,
        canUndo: next.past.length > 0,
        canRedo: next.future.length > 0,
        lastSaved: savedPath(document),
        // An unchanged selection stays the same object, so that nothing redraws for it.
        selection: selection.length === get().selection.length ? get().selection : selection,
      });
    };
    const send = (next: History, cause: CanvasStore["cause"]): void => {
      if (next === history) return;
      const revision = get().revision + 1;
      go(next, revision, cause);
      kernel.set("experiment", { revision, document: next.present });
    };
    const caughtUp = (): Promise<void> =>
      new Promise((done) => {
        const end = (): void => {
          clearTimeout(timer);
          stop();
          done();
        };
        const timer = setTimeout(end, CATCH_UP);
        const stop = store.subscribe((state) => {
          if (!state.stale) end();
        });
        if (!get().stale) end();
      });

    kernel.watch("experiment", () => {
      const { revision, document } = kernel.get("experiment");
      const now = get();
      // What comes back here is mostly what was sent from here, or older than that.
      if (revision < now.revision) return;
      if (equal(document, now.document)) set({ revision });
      else go(record(history, placed(document), null, Date.now()), revision, "edit");
      if (newest.revision === revision) set({ analysis: newest, stale: false });
    });
    kernel.watch("analysis", () => {
      newest = kernel.get("analysis");
      if (newest.revision === get().revision) set({ analysis: newest, stale: false });
    });
    kernel.watch("run", () => set({ run: kernel.get("run") }));
    kernel.watch("task", () => set({ task: kernel.get("task") }));
    kernel.watch("catalogue", () => set({ catalogue: kernel.get("catalogue") }));
    let wanted = resolve(kernel.get("language"));
    const speak = (language: Language): void => {
      wanted = language;
      if (speaks(language)) {
        set({ language });
        return;
      }
      const here = (): void => {
        if (wanted === language) set({ language });
      };
      bring(language, kernel.ask).then(here, (error) =>
        set({ notice: { kind: "error", text: problemText(asProblem(error), "message", get().language) } }),
      );
    };
    kernel.watch("language", () => speak(resolve(kernel.get("language"))));
    if (!speaks(wanted)) speak(wanted);

    const run = kernel.get("run");
    return {
      ...createJobs(set, get),
      catalogue: kernel.get("catalogue"),
      document: history.present,
      revision: first.revision,
      analysis: newest.revision === first.revision ? newest : null,
      stale: newest.revision !== first.revision,
      cause: "edit",
      run,
      compared: null,
      task: kernel.get("task"),
      language: speaks(wanted) ? wanted : "en",
      selection: [],
      // Whoever comes back to a training wants to see it.
      panel: run.status === "idle" ? "block" : "train",
      lastSaved: null,
      notice: null,
      folds: {},
      heights,
      target: null,
      canUndo: false,
      canRedo: false,
      edit: (change, merge) => {
        const next = placed(change(get().document));
        send(record(history, next, merge ?? null, Date.now()), "edit");
      },
      undo: () => send(undo(history), "undone"),
      redo: () => send(redo(history), "redone"),
      select: (selection) => set({ selection }),
      show: (panel) => set({ panel }),
      jump: (id) => set({ selection: [id], target: { id } }),
      setLanguage: (language) => {
        kernel.set("language", language);
        speak(language);
      },
      notify: (notice) => set({ notice }),
      compare: (compared) => set({ compared }),
      fold: (name, open) => set({ folds: { ...get().folds, [name]: open } }),
      request: async (name, payload, buffers) => {
        // A trait may travel slower than a message: training must not start with an older network.
        if (ABOUT_DOCUMENT.includes(name) && get().stale) await caughtUp();
        const { document } = get();
        const answer = await kernel.ask(name, payload, buffers);
        if (name === "save") {
          saved = { document, path: (answer as AnswerOf<"save">).path };
          set({ lastSaved: savedPath(get().document) });
        }
        return answer;
      },
    };
  });
  return store;
}

/** The store of the canvas around. */
export const StoreContext = createContext<Store | null>(null);

/** The store itself, for what happens outside of drawing. */
export function useCanvasStore(): Store {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("this component stands outside of a canvas");
  return store;
}

/** A part of the state; the component draws again when that part changes. */
export function useCanvas<T>(pick: (state: CanvasStore) => T): T {
  return useStore(useCanvasStore(), pick);
}

/** Fills sentences in the language of the canvas. */
export function useT(): (key: string, values?: Values) => string {
  const language = useCanvas((canvas) => canvas.language);
  return useCallback((key, values) => sentence(key, language, values), [language]);
}
