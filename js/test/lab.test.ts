import type { INotebookTracker } from "@jupyterlab/notebook";
import { afterEach, expect, test, vi } from "vitest";
import { keepCanvases } from "../src/lab/keep";

vi.mock("@jupyterlab/notebook", () => ({ NotebookActions: {} }));

const SVG = "image/svg+xml";

interface Output {
  data: Record<string, string>;
  toJSON(): object;
}

interface Shown {
  node: HTMLElement;
  shown(): (string | undefined)[];
  said(): (string | undefined)[];
}

/** A notebook with one cell that shows these pictures. */
function notebook(pictures: readonly string[]): Shown {
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
  const said = (): (string | undefined)[] => outputs.map((each) => each.data["text/plain"]);
  return { node, shown: () => outputs.map((each) => each.data[SVG]), said };
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

test("a page that shows no pictures of strangers says in words what it would show", () => {
  const { node, said } = notebook([picture("a", "1")]);
  const svg = picture("a", "2").replace("<svg ", '<svg aria-label="The network A &amp; B with 2 blocks" ');
  node.dispatchEvent(new CustomEvent("blockml:picture", { bubbles: true, cancelable: true, detail: svg }));
  expect(said()).toEqual(["The network A & B with 2 blocks. run the cell"]);
});
