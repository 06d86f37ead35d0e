import type { INotebookTracker } from "@jupyterlab/notebook";
import { afterEach, expect, test, vi } from "vitest";
import { keepCanvases } from "../src/lab/keep";

vi.mock("@jupyterlab/notebook", () => ({ NotebookActions: {} }));

const SVG = "image/svg+xml";

interface Output {
  data: Record<string, string>;
  toJSON(): object;
}

/** A notebook with one cell that shows these pictures. */
function notebook(pictures: readonly string[]): { node: HTMLElement; shown: () => (string | undefined)[] } {
  const outputs: Output[] = pictures.map((svg) => output({ [SVG]: svg }));
  const model = {
    get length() {
      return outputs.length;
    },
    get: (at: number) => outputs[at],
    set: (at: number, { data }: { data: Record<string, string> }) => {
      outputs[at] = output(data);
    },
  };
  const node = document.body.appendChild(document.createElement("div"));
  const cell = { node, model: { type: "code" }, outputArea: { model } };
  const panel = { node, content: { widgets: [cell] } };
  const find = (test: (each: typeof panel) => boolean) => (test(panel) ? panel : undefined);
  keepCanvases({ find } as unknown as INotebookTracker, "run the cell");
  return { node, shown: () => outputs.map((each) => each.data[SVG]) };
}

function output(data: Record<string, string>): Output {
  return { data, toJSON: () => ({ data }) };
}

function picture(owner: string, text: string): string {
  return `<svg data-canvas="${owner}" class="blockml-picture">${text}</svg>`;
}

afterEach(() => document.body.replaceChildren());

test("each of two canvases in a cell has a picture of its own", () => {
  const { node, shown } = notebook([picture("a", "1"), picture("b", "1")]);
  const offer = (detail: string): boolean =>
    node.dispatchEvent(new CustomEvent("blockml:picture", { bubbles: true, cancelable: true, detail }));
  expect(offer(picture("b", "2")), "it is answered").toBe(false);
  expect(shown()).toEqual([picture("a", "1"), picture("b", "2")]);
  offer(picture("c", "1"));
  offer("<svg></svg>");
  expect(shown()).toEqual([picture("a", "1"), picture("b", "2")]);
});
