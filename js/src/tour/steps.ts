/** The steps of the guided first network: where each points, what it says, and when it is done. */

import { isBeginning } from "../canvas/beginning";
import { percent } from "../format";
import type { CanvasStore } from "../store";

/** What the page and the canvas are like. */
export interface Look {
  canvas: CanvasStore;
  root: HTMLElement;
}

/** What a step was found with, to see what a person has done since. */
export interface Entry {
  data: string;
  nodes: number;
  params: string;
  answer: string;
  /** What was seen meanwhile: the sheet of the data, or a problem. */
  seen: boolean;
}

/** Where a step points, and the key of its sentence under `ui.tour`. */
export interface Sign {
  target: Element | null;
  text: string;
  /** What the sentence has to say of this very network. */
  values?: Readonly<Record<string, string>>;
}

/** What there has to be before a step makes sense. */
type Need = "blocks" | "training";

export interface Step {
  name: string;
  needs?: Need;
  /** It is only read: a press goes on. */
  reads?: true;
  sign: (look: Look) => Sign;
  /** Something that has to be seen before the step can be done. */
  sees?: (look: Look) => boolean;
  done: (look: Look, entry: Entry) => boolean;
}

/** What is there as a step begins. */
export function entryAt({ canvas, root }: Look): Entry {
  return {
    data: JSON.stringify(canvas.document.data),
    nodes: canvas.document.graph.nodes.length,
    params: params(canvas),
    answer: answer(root),
    seen: false,
  };
}

/** Where a block to add is, and what it is for. */
function add({ canvas, root }: Look): Sign {
  const isEmpty = canvas.document.graph.nodes.length < 3;
  const item = isEmpty ? find(root, "blockml-palette-item-Conv2d") : null;
  const palette = item ?? find(root, "blockml-palette");
  return {
    target: isDrawn(palette) ? palette : find(root, "blockml-toggle-palette"),
    text: isEmpty ? "add" : "add_more",
  };
}

export const STEPS: readonly Step[] = [
  {
    name: "data",
    sign: ({ root }) => ({
      target: root.querySelector(".bm-data-menu .bm-menu-sheet") ?? find(root, "blockml-data"),
      text: isDataOpen(root) ? "data_open" : "data",
    }),
    sees: ({ root }) => isDataOpen(root),
    done: ({ canvas, root }, entry) =>
      (entry.seen && !isDataOpen(root)) || JSON.stringify(canvas.document.data) !== entry.data,
  },
  {
    name: "add",
    sign: add,
    done: ({ canvas }, entry) => canvas.document.graph.nodes.length > entry.nodes,
  },
  {
    name: "shape",
    needs: "blocks",
    sign: ({ canvas, root }) => {
      const ids = canvas.view.graph.nodes.map((node) => node.id);
      // The newest block first: it is what the person has just brought. The numbers of the last are those of the classes.
      const { nodes, edges } = canvas.view.graph;
      const ends = new Set(nodes.filter((node) => node.block === "Output").map((node) => node.id));
      const free = ids.reverse().filter((each) => fields(root, each).length > 0);
      const id =
        free.find((each) => !edges.some((edge) => edge.source === each && ends.has(edge.target))) ?? free[0];
      return { target: id === undefined ? null : (fields(root, id)[0] ?? null), text: "shape" };
    },
    done: ({ canvas }, entry) =>
      canvas.document.graph.nodes.length === entry.nodes && params(canvas) !== entry.params,
  },
  {
    name: "mend",
    needs: "blocks",
    sign: ({ canvas, root }) => {
      if (problems(canvas) > 0) return { target: visible(root, '[data-testid="blockml-fix"]'), text: "mend" };
      const field = visible(root, '.bm-canvas [data-testid$="-kernel_size"]');
      if (field) return { target: field, text: "break_window" };
      return { target: last(root, '.bm-canvas [data-testid$="-out_features"]'), text: "break_classes" };
    },
    sees: ({ canvas }) => problems(canvas) > 0,
    done: ({ canvas }, entry) => entry.seen && !canvas.stale && problems(canvas) === 0,
  },
  {
    name: "run",
    needs: "blocks",
    sign: ({ canvas, root }) => {
      if (["queued", "preparing"].includes(canvas.run.status))
        return { target: find(root, "blockml-status"), text: "preparing" };
      if (["training", "stopping"].includes(canvas.run.status))
        return { target: visible(root, CURVES) ?? find(root, "blockml-status"), text: "running" };
      const button = find(root, "blockml-run") ?? find(root, "blockml-resume");
      if (problems(canvas) > 0)
        return { target: visible(root, '[data-testid="blockml-fix"]') ?? button, text: "mend" };
      return { target: button, text: canvas.run.status === "failed" ? "run_failed" : "run" };
    },
    done: ({ canvas: { run } }) =>
      run.status === "finished" && run.can_predict && run.content_hash === run.current_hash,
  },
  {
    name: "learned",
    needs: "training",
    reads: true,
    sign: ({ canvas: { run }, root }) => {
      const accuracy = run.test_accuracy ?? run.history.at(-1)?.test_accuracy ?? null;
      const figure = find(root, "blockml-accuracy")?.closest("dl > div") ?? null;
      const target = isDrawn(figure) ? figure : way(root, "train");
      if (accuracy === null) return { target, text: "learned" };
      return { target, text: "learned_share", values: { share: percent(accuracy) } };
    },
    done: () => false,
  },
  {
    name: "draw",
    needs: "training",
    sign: ({ canvas, root }) => {
      if (isShut(root)) return { target: way(root, "train"), text: "draw_panel" };
      if (canvas.panel !== "train") return { target: way(root, "train"), text: "draw_tab" };
      const sheet = find(root, "blockml-test-draw");
      if (sheet) return { target: sheet, text: "draw" };
      return { target: root.querySelector(".bm-samples"), text: "draw_sample" };
    },
    done: ({ root }, entry) => answer(root) !== "" && answer(root) !== entry.answer,
  },
  {
    name: "end",
    sign: ({ canvas, root }) => ({
      target: way(root, "code"),
      text: canvas.run.can_predict ? "end" : "end_untrained",
    }),
    done: () => false,
  },
];

const BRINGS: Readonly<Record<Need, string>> = { blocks: "add", training: "run" };

/**
 * The step to show where somebody has come as far as `at`.
 *
 * How far that is the browser keeps, not the notebook: in another one the blocks or the training may be missing,
 * and the tour goes back to the step that brings them.
 */
export function reached(at: number, canvas: CanvasStore): number {
  const needs = STEPS[at]?.needs;
  if (!needs || has(canvas, needs)) return at;
  return reached(
    STEPS.findIndex((step) => step.name === BRINGS[needs]),
    canvas,
  );
}

/** The step after `at` that makes sense, also where what `at` brings was left out. */
export function following(at: number, canvas: CanvasStore): number {
  const next = STEPS.findIndex((step, index) => index > at && (!step.needs || has(canvas, step.needs)));
  return next < 0 ? COUNT : next;
}

function has(canvas: CanvasStore, what: Need): boolean {
  if (what === "blocks") return !isBeginning(canvas);
  return canvas.run.can_predict && !UNDER_WAY.includes(canvas.run.status);
}

const UNDER_WAY: readonly CanvasStore["run"]["status"][] = ["queued", "preparing", "training", "stopping"];

/** Steps that are counted: all but the last word. */
export const COUNT = STEPS.length - 1;

function find(root: HTMLElement, testid: string): Element | null {
  return root.querySelector(`[data-testid="${testid}"]`);
}

const CURVES = '[data-testid="blockml-curves"]';

/** Whether the panel is a drawer that nobody has opened. */
function isShut(root: HTMLElement): boolean {
  return !isDrawn(root.querySelector(".bm-panel"));
}

/** The way to a page of the panel: its tab, or before that the button that opens the panel. */
function way(root: HTMLElement, tab: "train" | "code"): Element | null {
  return find(root, isShut(root) ? "blockml-toggle-panel" : `blockml-tab-${tab}`);
}

function isDrawn(element: Element | null): boolean {
  return element !== null && element.getClientRects().length > 0;
}

/** The first that is drawn. */
function visible(root: HTMLElement, selector: string): Element | null {
  return [...root.querySelectorAll(selector)].find(isDrawn) ?? null;
}

function last(root: HTMLElement, selector: string): Element | null {
  return [...root.querySelectorAll(selector)].filter(isDrawn).at(-1) ?? null;
}

function isDataOpen(root: HTMLElement): boolean {
  return find(root, "blockml-data")?.getAttribute("aria-expanded") === "true";
}

/** The fields on the card of a node that hold a number. */
function fields(root: HTMLElement, id: string): Element[] {
  return [...root.querySelectorAll(`.bm-canvas [data-testid^="blockml-param-${CSS.escape(id)}-"]`)].filter(
    isDrawn,
  );
}

function params({ document }: CanvasStore): string {
  return JSON.stringify(document.graph.nodes.map((node) => [node.id, node.params]));
}

function problems(canvas: CanvasStore): number {
  if (isBeginning(canvas)) return 0;
  return canvas.analysis?.diagnostics.filter((each) => each.severity === "error").length ?? 0;
}

function answer(root: HTMLElement): string {
  const found = find(root, "blockml-prediction");
  const seen = found?.parentElement?.querySelector("img")?.getAttribute("src") ?? "";
  return found ? `${found.textContent} ${seen}` : "";
}
