/** The state of one canvas. All views of it in a page share one store; what is drawn reads it through `context.ts`. */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Quantity } from "./budget";
import { equal, sharing } from "./document";
import { begin, type History, record, redo, undo } from "./history";
import { createJobs, type JobSlice } from "./jobs";
import type { Presence } from "./keep/presence";
import type { Found } from "./keep/stash";
import { createWriter } from "./keep/writer";
import { bring } from "./languages";
import type { AnswerOf, Kernel, RequestName } from "./model";
import { estimate, settleAll } from "./place";
import { followPorts } from "./ports";
import { asProblem } from "./problems";
import type {
  AnalysisState,
  Catalogue,
  DraftState,
  Experiment,
  JsonValue,
  RunEntry,
  RunState,
  TaskState,
} from "./protocol";
import { difference, existing, inside, placeOf, type Scope, TOP, withInside } from "./scope";
import { choose, isWhole, type Language, learnNames, problemText, resolve, sentence, speaks } from "./texts";

export type Panel = "block" | "train" | "code" | "learn";

/** A sentence for the person, shown for a while. */
export interface Notice {
  text: string;
  kind: "info" | "error";
  /** It holds until the network changes. */
  until?: "edit";
  /** What can be done about it. */
  action?: { text: string; run: () => unknown };
}

/** What can be done with it; always the same functions. */
export interface Actions {
  /** Change what is in view; changes with one `merge` name in quick succession are one step of undo. */
  edit(change: (view: Experiment) => Experiment, merge?: string): void;
  /** Change the whole, where paths count and not what is open. `seen` is the scope that shows the change. */
  editWhole(change: (document: Experiment) => Experiment, merge?: string, seen?: Scope): void;
  undo(): void;
  redo(): void;
  select(ids: readonly string[]): void;
  show(panel: Panel): void;
  /** Open a page under Learn; see `reading`. */
  read(reading: string | null): void;
  /** Open a group that is in view. */
  enter(id: string): void;
  /** Go out of the innermost group, or so far that `depth` groups stay open. */
  leave(depth?: number): void;
  /** Select a node by its path and bring it into view, whatever is open. */
  jump(path: string): void;
  setLanguage(language: Language): void;
  notify(notice: Notice | null): void;
  fold(name: string, open: boolean): void;
  setHeat(heat: Quantity | null): void;
  compare(run: RunEntry | null): void;
  /** Ask the kernel; rejects with a `Diagnostic`. */
  request<N extends RequestName>(
    name: N,
    payload?: Record<string, JsonValue>,
    buffers?: ArrayBuffer[],
  ): Promise<AnswerOf<N>>;
}

export interface CanvasStore extends JobSlice, Actions {
  catalogue: Catalogue;
  /** The whole of it, whatever is open. */
  document: Experiment;
  /** Ids of the groups that were opened, from the outside in. */
  scope: Scope;
  /** The document as it is seen in there, with plain ids: what the canvas draws and `edit` changes. */
  view: Experiment;
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
  /** What the kernel keeps of the drawing. */
  draft: DraftState;
  /** Whether the kernel is there. */
  presence: Presence;
  /** Whether the kernel has not yet said that it has the last change from here. */
  unheard: boolean;
  /** Whether the browser has kept what the kernel has not written. */
  stashed: boolean;
  /** Another drawing that the browser kept, for the person to open. */
  offer: Found | null;
  language: Language;
  /** Whether all its sentences are here, also those about problems. */
  whole: boolean;
  selection: readonly string[];
  panel: Panel;
  /** A new object each time somebody calls for a panel, also for the one that is shown. */
  called: object;
  /** The page that is open under Learn: a block, or all of them (""); `null` follows the selection. */
  reading: string | null;
  /** Where the present document was saved; `null` while it was not. */
  lastSaved: string | null;
  notice: Notice | null;
  /** Which parts of the panels are open, by name; they stay so when the panel changes. */
  folds: Readonly<Record<string, boolean>>;
  /** What the heat colours on the cards show; `null` while there are none. */
  heat: Quantity | null;
  /** Measured heights of the cards in view, by node id; filled in place, so nothing draws again for it. */
  heights: Map<string, number>;
  /** The node that the canvas brings into view; a new object for each wish. */
  target: { id: string } | null;
  canUndo: boolean;
  canRedo: boolean;
}

export type Store = StoreApi<CanvasStore>;

/** Requests that speak of the document, so that the kernel must have the present one. */
const ABOUT_DOCUMENT: readonly RequestName[] = [
  "train",
  "code",
  "starter",
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
  const heights = new Map<string, Map<string, number>>();
  const heightsIn = (scope: Scope): Map<string, number> => {
    const key = scope.join("/");
    const found = heights.get(key) ?? new Map<string, number>();
    heights.set(key, found);
    return found;
  };
  const estimated = (view: Experiment, scope: Scope): Map<string, number> => {
    const found = heightsIn(scope);
    estimate(view, kernel.get("catalogue").blocks, found);
    return found;
  };
  // Documents may come without positions, from a file, a repair or Python; here they get them.
  const placed = (document: Experiment): Experiment => settleAll(document, estimated);
  const writer = createWriter(first);
  let history = begin(placed(first.document));
  let saved: { document: Experiment; path: string } | null = null;
  /** The newest analysis that came, perhaps ahead of its document. */
  let newest = kernel.get("analysis");

  const store = createStore<CanvasStore>()((set, get) => {
    const savedPath = (document: Experiment): string | null =>
      saved?.document === document ? saved.path : null;
    /** What is in view of a document: as far in as there are groups. */
    const seen = (document: Experiment, wanted: Scope): Partial<CanvasStore> => {
      const now = get();
      const found = existing(document, wanted);
      const scope = equal(found, now.scope) ? now.scope : found;
      const view = inside(document, scope);
      const ids = new Set(view.graph.nodes.map((node) => node.id));
      const selection = scope === now.scope ? now.selection.filter((id) => ids.has(id)) : [];
      return {
        scope,
        view,
        heights: estimated(view, scope),
        // An unchanged selection stays the same object, so that nothing redraws for it.
        selection: selection.length === now.selection.length ? now.selection : selection,
        target: scope === now.scope ? now.target : null,
      };
    };
    /** Show a point of the history; it is the newest revision from now on. */
    const go = (
      next: History,
      revision: number,
      cause: CanvasStore["cause"],
      wanted: Scope,
      unheard: boolean,
    ): void => {
      if (next === history) return;
      history = next;
      const document = next.present;
      set({
        document,
        ...seen(document, wanted),
        revision,
        unheard,
        cause,
        stale: newest.revision !== revision,
        canUndo: next.past.length > 0,
        canRedo: next.future.length > 0,
        notice: get().notice?.until === "edit" ? null : get().notice,
        lastSaved: savedPath(document),
      });
    };
    const send = (next: History, cause: CanvasStore["cause"], wanted: Scope): void => {
      if (next === history) return;
      const revision = get().revision + 1;
      go(next, revision, cause, wanted, true);
      kernel.set("experiment", { revision, document: next.present, ...writer.sign(revision) });
    };
    /** Make a change a step of undo. It is seen in a scope, or nowhere on the canvas. */
    const keep = (changed: Experiment, merge: string | undefined, seen?: Scope): void => {
      const { document, scope } = get();
      const next = placed(changed);
      const isDrawn =
        next.graph !== document.graph || next.layout !== document.layout || next.notes !== document.notes;
      const where = isDrawn ? (seen ?? difference(document, next)) : null;
      send(record(history, next, merge ?? null, Date.now(), where), "edit", scope);
    };
    const open = (wanted: Scope): void => {
      const { document, scope } = get();
      if (!equal(wanted, scope)) set(seen(document, wanted));
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
      const state = kernel.get("experiment");
      const { revision, document } = state;
      const now = get();
      if (!writer.accepts(state)) return;
      // What comes back here is mostly what was sent from here, or older than that.
      if (revision < now.revision) return;
      if (equal(document, now.document)) set({ revision, unheard: false });
      else {
        const next = placed(sharing(now.document, document));
        const changed = record(history, next, "elsewhere", Date.now(), difference(now.document, next));
        go(changed, revision, "edit", now.scope, false);
        if (state.merged) set({ notice: { kind: "info", text: sentence("ui.keep.merged", now.language) } });
      }
      if (newest.revision === revision) set({ analysis: newest, stale: false });
    });
    kernel.watch("analysis", () => {
      newest = kernel.get("analysis");
      if (newest.revision === get().revision) set({ analysis: newest, stale: false });
    });
    kernel.watch("run", () => set({ run: kernel.get("run") }));
    kernel.watch("task", () => set({ task: kernel.get("task") }));
    kernel.watch("draft", () => set({ draft: kernel.get("draft") }));
    const offered = (): Catalogue => {
      learnNames(kernel.get("catalogue"));
      return kernel.get("catalogue");
    };
    kernel.watch("catalogue", () => set({ catalogue: offered() }));
    let wanted = resolve(kernel.get("language"));
    const speak = (language: Language): void => {
      wanted = language;
      if (kernel.get("page_language") !== language) kernel.set("page_language", language);
      if (speaks(language)) set({ language, whole: isWhole(language) });
      if (isWhole(language)) return;
      const here = (): void => {
        if (wanted === language) set({ language, whole: true });
      };
      bring(language, kernel.ask).then(here, (error) =>
        set({ notice: { kind: "error", text: problemText(asProblem(error), "message", get().language) } }),
      );
    };
    kernel.watch("language", () => speak(resolve(kernel.get("language"))));
    speak(wanted);

    const run = kernel.get("run");
    return {
      ...createJobs(set, get),
      catalogue: offered(),
      document: history.present,
      scope: TOP,
      view: history.present,
      revision: first.revision,
      analysis: newest.revision === first.revision ? newest : null,
      stale: newest.revision !== first.revision,
      cause: "edit",
      run,
      compared: null,
      task: kernel.get("task"),
      draft: kernel.get("draft"),
      presence: "here",
      unheard: false,
      stashed: true,
      offer: null,
      language: speaks(wanted) ? wanted : "en",
      whole: isWhole(wanted),
      selection: [],
      // Whoever comes back to a training wants to see it.
      panel: run.status === "idle" ? "block" : "train",
      called: {},
      reading: null,
      lastSaved: null,
      notice: null,
      folds: {},
      heat: null,
      heights: estimated(history.present, TOP),
      target: null,
      canUndo: false,
      canRedo: false,
      edit: (change, merge) => {
        const { document, scope, view } = get();
        const next = change(view);
        if (next === view) return;
        const whole = followPorts(withInside(document, scope, next), scope, view.graph, next.graph);
        keep(whole, merge && `${scope.join("/")}:${merge}`, scope);
      },
      editWhole: (change, merge, seen) => keep(change(get().document), merge, seen),
      undo: () => {
        const next = undo(history);
        send(next, "undone", next.future[0]?.scope ?? get().scope);
      },
      redo: () => {
        const next = redo(history);
        send(next, "redone", next.past.at(-1)?.scope ?? get().scope);
      },
      enter: (id) => open([...get().scope, id]),
      leave: (depth) => {
        const { scope } = get();
        const left = scope[depth ?? scope.length - 1];
        if (left === undefined) return;
        open(scope.slice(0, depth ?? -1));
        set({ selection: [left] });
      },
      select: (selection) => set({ selection }),
      show: (panel) => set({ panel, called: {} }),
      read: (reading) => set({ reading }),
      jump: (path) => {
        const { scope, id } = placeOf(path);
        open(scope);
        set({ selection: [id], target: { id } });
      },
      setLanguage: (language) => {
        choose(language);
        kernel.set("language", language);
        speak(language);
      },
      notify: (notice) => set({ notice }),
      compare: (compared) => set({ compared }),
      setHeat: (heat) => set({ heat }),
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
