import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeAll, expect, test, vi } from "vitest";
import { shrink } from "../src/learn/limits";
import { Picture } from "../src/learn/Picture";
import { SidePanel } from "../src/panels/SidePanel";
import type { BlockEntry, Page } from "../src/protocol";
import { draw } from "./render";
import { analysis, block, CATALOGUE, experiment, FakeKernel, param, SIZE } from "./samples";

const PICTURES = [
  ...["convolution", "stamp", "pool-max", "pool-mean", "parts", "pixels", "row", "vote", "spread"],
  ...["border-zeros", "border-constant", "border-reflect", "border-replicate", "sum", "stack"],
  ...["drop", "drop-channels", "shares", "logs", "scores", "curve-relu", "curve-gelu"],
];

const PAGE: Page = {
  block: "Conv2d",
  family: "convolution",
  language: "en",
  sections: [
    {
      name: "what",
      title: "What it does",
      pieces: [{ kind: "paragraph", spans: [text("A <b>stencil</b>.")] }],
    },
    {
      name: "links",
      title: "Read on",
      pieces: [
        {
          kind: "item",
          spans: [
            { kind: "link", text: "torch.nn.Conv2d", href: "https://docs.pytorch.org/x.html" },
            { kind: "link", text: "bad", href: "javascript:alert(1)" },
          ],
        },
        {
          kind: "item",
          spans: [
            { kind: "code", text: "ReLU", href: "" },
            text(" and "),
            { kind: "code", text: "x", href: "" },
          ],
        },
      ],
    },
  ],
};

function text(of: string) {
  return { kind: "text" as const, text: of, href: "" };
}

const ENTRIES: BlockEntry[] = [
  block("Conv2d", { picture: "convolution", params: [param("out_channels", { default: 32 }), SIZE] }),
  block("ReLU", { family: "activation", picture: "curve-relu", summary: { en: "A gate.", ko: "문지기" } }),
  block("Pool", { family: "activation", picture: "pool-max", params: [SIZE] }),
  block("Input", { family: "data", inputs: [], picture: "pixels" }),
];

function opened() {
  const kernel = new FakeKernel(experiment(["input1:Input", "conv1", "relu1:ReLU"], ["input1>conv1"]));
  kernel.traits.catalogue = { ...CATALOGUE, blocks: ENTRIES };
  kernel.traits.analysis = analysis(1, {
    nodes: {
      input1: { shapes: { y: [1, 28, 28] }, parameters: 0, flops: 0, memory: 0, frozen: 0, seconds: 0 },
      conv1: {
        shapes: { x: [1, 28, 28], y: [32, 26, 26] },
        parameters: 0,
        flops: 0,
        memory: 0,
        frozen: 0,
        seconds: 0,
      },
    },
  });
  const drawn = draw(<SidePanel />, kernel);
  fireEvent.click(screen.getByTestId("blockml-tab-learn"));
  return drawn;
}

async function answer(kernel: FakeKernel, page: Page): Promise<void> {
  await waitFor(() => expect(kernel.asked.at(-1)?.name).toBe("docs"));
  kernel.asked.at(-1)?.resolve(page);
}

beforeAll(() => {
  // Whole pictures at once, as for people who want no motion.
  vi.stubGlobal("matchMedia", () => ({
    matches: true,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});

test("the list finds pages, and a page shows text as text", async () => {
  const { kernel } = opened();
  fireEvent.change(await screen.findByTestId("blockml-docs-find"), { target: { value: "gate" } });
  expect(screen.queryByTestId("blockml-docs-Conv2d")).toBeNull();
  // Where nothing is found, all pages stay within reach.
  fireEvent.change(screen.getByTestId("blockml-docs-find"), { target: { value: "zebra" } });
  expect(screen.getByText("No block matches “zebra”. All blocks:")).toBeTruthy();
  expect(screen.getByTestId("blockml-docs-Conv2d")).toBeTruthy();
  fireEvent.change(screen.getByTestId("blockml-docs-find"), { target: { value: "" } });
  fireEvent.click(screen.getByTestId("blockml-docs-Conv2d"));
  expect(kernel.asked.at(-1)?.payload).toEqual({ block: "Conv2d", language: "en" });
  await answer(kernel, PAGE);
  await screen.findByText("A <b>stencil</b>.");
  expect(screen.getByText("torch.nn.Conv2d").getAttribute("href")).toBe("https://docs.pytorch.org/x.html");
  expect(screen.getByText("bad").tagName).toBe("SPAN");
  fireEvent.click(screen.getByRole("button", { name: "ReLU" }));
  expect(screen.getByTestId("blockml-docs").dataset.block).toBe("ReLU");
});

test("a page names the family of its block, unless that says the same twice", async () => {
  const { kernel, store } = opened();
  act(() => store.getState().read("Conv2d"));
  await answer(kernel, PAGE);
  const page = await screen.findByTestId("blockml-docs");
  expect(page.querySelector("header")?.textContent).toBe("Conv2dConvolution");
  act(() => store.getState().read("Linear"));
  await answer(kernel, { ...PAGE, block: "Linear", family: "linear" });
  await waitFor(() => expect(page.ownerDocument.querySelector("h2")?.textContent).toBe("Linear"));
  expect(screen.getByTestId("blockml-docs").querySelector("header")?.textContent).toBe("Linear");
});

test("settings without a node change the picture and not the network", async () => {
  const { store } = opened();
  fireEvent.click(await screen.findByTestId("blockml-docs-Conv2d"));
  const before = store.getState().document;
  const label = (): string | null => screen.getByTestId("blockml-learn-picture").getAttribute("aria-label");
  const first = label();
  fireEvent.change(screen.getByTestId("blockml-learn-param-kernel_size"), { target: { value: "5" } });
  expect(label()).not.toBe(first);
  expect(store.getState().document).toBe(before);
  // What was tried on one page is not carried to the next.
  act(() => store.getState().read("Pool"));
  expect(screen.getByTestId<HTMLInputElement>("blockml-learn-param-kernel_size").value).toBe("3");
  expect(document.activeElement).toBe(screen.getByTestId("blockml-docs"));
});

test("the page follows the selection, shows its shapes, and edits in place", async () => {
  const { store } = opened();
  act(() => store.getState().select(["conv1"]));
  const shape = await screen.findByTestId("blockml-docs-shape");
  expect(shape.textContent).toContain("1 × 28 × 28 → 32 × 26 × 26");
  fireEvent.change(screen.getByTestId("blockml-learn-param-kernel_size"), { target: { value: "5" } });
  expect(store.getState().document.graph.nodes[1]?.params).toEqual({ kernel_size: 5 });
  act(() => store.getState().select(["relu1"]));
  await waitFor(() => expect(screen.getByTestId("blockml-docs").dataset.block).toBe("ReLU"));
});

test("a page that does not come says so, and can be asked for again", async () => {
  const { kernel, store } = opened();
  act(() => store.getState().select(["conv1"]));
  await waitFor(() => expect(kernel.asked.at(-1)?.name).toBe("docs"));
  kernel.asked.at(-1)?.reject({ code: "no-answer", values: {}, fixes: [] });
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  await waitFor(() => expect(kernel.asked.filter((each) => each.name === "docs")).toHaveLength(2));
});

test.each(PICTURES)("the picture %s is drawn, with its numbers in words", (picture) => {
  draw(
    <Picture
      picture={picture}
      params={{ kernel_size: 3, padding: 1, p: 0.5 }}
      channels={[]}
      title={String}
    />,
  );
  expect(screen.getByTestId("blockml-learn-picture")).toBeTruthy();
  expect(screen.getByTestId("blockml-learn-sum").textContent).toMatch(/\d/);
});

test("scores below zero have a bar to the left of the zero line, and all have the same decimals", () => {
  draw(<Picture picture="scores" params={{}} channels={[]} title={String} />);
  const rows = [...screen.getByTestId("blockml-learn-picture").querySelectorAll("li")];
  expect(rows.map((row) => row.querySelector<HTMLElement>(".bm-vote-bar")?.dataset.sign)).toEqual([
    "plus",
    "plus",
    "minus",
    "plus",
  ]);
  expect(rows.map((row) => row.querySelector("output")?.textContent)).toEqual(["1.0", "2.5", "−0.5", "0.5"]);
});

test("a picture of no kind is none", () => {
  draw(<Picture picture="" params={{}} channels={[]} title={String} />);
  expect(screen.queryByTestId("blockml-learn-picture")).toBeNull();
});

test("a step can be taken by the keys of a slider, which says it in words", () => {
  draw(
    <Picture picture="pool-max" params={{ kernel_size: 2, stride: "window" }} channels={[]} title={String} />,
  );
  const slider = screen.getByTestId("blockml-learn-step");
  fireEvent.input(slider, { target: { value: "0" } });
  expect(slider.getAttribute("aria-valuetext")).toMatch(/^Row 1, column 1: largest of/);
  fireEvent.input(slider, { target: { value: "7" } });
  expect(slider.getAttribute("aria-valuetext")).toMatch(/^Row 2, column 2:/);
});

const WILD = [
  0,
  1,
  2,
  3,
  31,
  1024,
  -4,
  "same",
  "window",
  [1, 31],
  [1024, 1],
  null,
  undefined,
  "nonsense",
  2.5,
];

test.each(["convolution", "pool-max", "pool-mean", "parts", "stamp", "border-reflect", "border-constant"])(
  "any sizes are kept to what a small picture can show: %s",
  (picture) => {
    const kind = picture.split("-")[0] ?? "";
    const names = ["kernel_size", "padding", "stride", "dilation", "output_size", "output_padding"];
    for (const one of WILD) {
      for (const other of WILD) {
        const params = Object.fromEntries(names.map((name, at) => [name, at % 2 ? other : one]));
        const { params: fitted, smaller } = shrink(kind, params);
        for (const name of smaller) {
          for (const side of [fitted[name]].flat()) expect([1, 0, 2, 3, 4, 5, 6, 7, 8, 12]).toContain(side);
        }
      }
    }
    for (const value of WILD) {
      const params = { kernel_size: value, padding: value, stride: 1, dilation: 1, output_size: value };
      draw(<Picture picture={picture} params={params} channels={[]} title={String} />);
      expect(screen.getByTestId("blockml-learn-picture")).toBeTruthy();
      cleanup();
    }
  },
);

test("a hand that steps stops the picture at once, even if a timer is due", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.useFakeTimers();
  draw(
    <Picture picture="pool-max" params={{ kernel_size: 2, stride: "window" }} channels={[]} title={String} />,
  );
  act(() => void vi.advanceTimersByTime(1000));
  const slider = screen.getByTestId<HTMLInputElement>("blockml-learn-step");
  expect(Number(slider.value)).toBeGreaterThan(0);
  fireEvent.input(slider, { target: { value: "5" } });
  act(() => void vi.advanceTimersByTime(2000));
  expect(slider.value).toBe("5");
  fireEvent.click(screen.getByTestId("blockml-learn-play"));
  act(() => void vi.advanceTimersByTime(60_000));
  expect(slider.value).toBe("35");
  vi.useRealTimers();
});
