/** The steps of the guided first network: where each points, what it says, and when it is done. */

import { isBeginning } from "../canvas/beginning";
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
}

export interface Step {
  name: string;
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
    sign: ({ canvas, root }) => {
      if (["queued", "preparing"].includes(canvas.run.status))
        return { target: find(root, "blockml-status"), text: "preparing" };
      if (["training", "stopping"].includes(canvas.run.status))
        return { target: find(root, "blockml-curves") ?? find(root, "blockml-status"), text: "running" };
      const button = find(root, "blockml-run") ?? find(root, "blockml-resume");
      if (problems(canvas) > 0)
        return { target: visible(root, '[data-testid="blockml-fix"]') ?? button, text: "mend" };
      return { target: button, text: canvas.run.status === "failed" ? "run_failed" : "run" };
    },
    done: ({ canvas: { run } }) =>
      run.status === "finished" && run.can_predict && run.content_hash === run.current_hash,
  },
  {
    name: "draw",
    sign: ({ canvas, root }) => {
      if (canvas.panel !== "train") return { target: find(root, "blockml-tab-train"), text: "draw_tab" };
      const sheet = find(root, "blockml-test-draw");
      if (sheet) return { target: sheet, text: "draw" };
      return { target: root.querySelector(".bm-samples"), text: "draw_sample" };
    },
    done: ({ root }, entry) => answer(root) !== "" && answer(root) !== entry.answer,
  },
  {
    name: "end",
    sign: ({ root }) => ({ target: find(root, "blockml-tab-code"), text: "end" }),
    done: () => false,
  },
];

/** Where a step points; one that is about blocks leads to the palette as long as there are none. */
export function signOf(step: Step, look: Look): Sign {
  const needsBlocks = ["shape", "mend", "run"].includes(step.name);
  return needsBlocks && isBeginning(look.canvas) ? add(look) : step.sign(look);
}

/** Steps in which a person does something. */
export const COUNT = STEPS.length - 1;

function find(root: HTMLElement, testid: string): Element | null {
  return root.querySelector(`[data-testid="${testid}"]`);
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
