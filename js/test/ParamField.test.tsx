import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, test, vi } from "vitest";
import { useActions, useCanvas } from "../src/context";
import { setParam } from "../src/document";
import { ParamField } from "../src/panels/ParamField";
import { SidePanel } from "../src/panels/SidePanel";
import type { Param } from "../src/protocol";
import { draw } from "./render";
import { analysis, BLOCKS, param, SIZE } from "./samples";

/** A field that is bound to the document, as on a block. */
function Bound({
  param: each,
  compact = false,
  strict = false,
}: {
  param: Param;
  compact?: boolean;
  strict?: boolean;
}) {
  const found = useCanvas((canvas) => canvas.document.graph.nodes[1]?.params[each.name]);
  const edit = useActions().edit;
  return (
    <ParamField
      param={each}
      value={found}
      compact={compact}
      strict={strict}
      testid="field"
      onChange={(value) =>
        edit((now) => setParam(now, "conv1", each.name, value, BLOCKS.Conv2d.params), each.name)
      }
    />
  );
}

function field(): HTMLInputElement {
  return screen.getByTestId("field");
}

function type(text: string): void {
  fireEvent.change(field(), { target: { value: text } });
}

describe.each([true, false])("a size (on a block: %s)", (compact) => {
  test("shows the default, and what is typed goes to the document at once", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    expect(field().value).toBe("3");
    fireEvent.focus(field());
    type("5x7");
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({ kernel_size: [5, 7] });
    expect(field().value).toBe("5x7");
    fireEvent.blur(field());
    expect(field().value).toBe("5 × 7");
  });

  test("what cannot be read is shown as typed, is not used, and says so", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    type("big");
    expect(field().value).toBe("big");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText(/Type a size/).textContent).toContain("3×3");
    expect(store.getState().canUndo).toBe(false);
    fireEvent.blur(field());
    expect(field().value).toBe("3");
    expect(screen.getByText(/“big” was not used/)).toBeTruthy();
  });

  test("a value out of range goes to the document, where the analysis sees it", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    type("2000");
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({ kernel_size: 2000 });
    expect(screen.getByText(/1 to 1024/)).toBeTruthy();
  });

  test("Escape brings back what was there before", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    type("31");
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(field().value).toBe("3");
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({});
  });

  test("an undo while somebody types wins over what stands there", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    type("31");
    fireEvent.focus(field());
    store.getState().undo();
    return waitFor(() => expect(field().value).toBe("3"));
  });

  test("arrow keys step, and do not reach the canvas or the page", () => {
    const outside = vi.fn();
    document.body.addEventListener("keydown", outside);
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    fireEvent.keyDown(field(), { key: "ArrowUp" });
    fireEvent.keyDown(field(), { key: "ArrowUp", shiftKey: true });
    expect(field().value).toBe("5");
    fireEvent.keyDown(field(), { key: "Backspace" });
    fireEvent.keyDown(field(), { key: "Delete" });
    expect(outside).not.toHaveBeenCalled();
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({ kernel_size: 5 });
    document.body.removeEventListener("keydown", outside);
  });

  test("a suggestion can be picked while the field has the focus", () => {
    draw(<Bound param={SIZE} compact={compact} />);
    expect(screen.queryByRole("button", { name: "same" })).toBeNull();
    fireEvent.focus(field());
    fireEvent.click(screen.getByRole("button", { name: "same" }));
    expect(field().value).toBe("same");
  });

  test("typing is one step of undo", () => {
    const { store } = draw(<Bound param={SIZE} compact={compact} />);
    fireEvent.focus(field());
    for (const text of ["1", "12", "123"]) type(text);
    store.getState().undo();
    expect(store.getState().document.graph.nodes[1]?.params).toEqual({});
    expect(store.getState().canUndo).toBe(false);
  });
});

describe("a form", () => {
  test("the steppers stop at the limits", () => {
    draw(<Bound param={param("out_channels", { default: 1, minimum: 1, maximum: 2 })} />);
    const less = screen.getByRole<HTMLButtonElement>("button", { name: /one less/ });
    const more = screen.getByRole<HTMLButtonElement>("button", { name: /one more/ });
    expect([less.disabled, more.disabled]).toEqual([true, false]);
    fireEvent.click(more);
    expect(field().value).toBe("2");
    expect([less.disabled, more.disabled]).toEqual([false, true]);
  });

  test("a strict field keeps a value out of range out of the document", () => {
    const { store } = draw(<Bound param={param("out_channels", { maximum: 10 })} strict />);
    fireEvent.focus(field());
    type("11");
    expect(screen.getByText(/1 to 10/)).toBeTruthy();
    fireEvent.blur(field());
    expect(field().value).toBe("3");
    expect(store.getState().canUndo).toBe(false);
  });

  test("a name and a help belong to the control", () => {
    draw(<Bound param={param("out_channels")} />);
    const control = screen.getByRole("textbox", { name: /out channels/ });
    const help = control.getAttribute("aria-describedby")?.split(" ")[0] ?? "";
    expect(document.getElementById(help)?.textContent).toBe("About out_channels.");
  });

  test("an unreadable value of a file shows as text", () => {
    const onChange = vi.fn();
    draw(<ParamField param={SIZE} value={{ "<b>": "x" }} onChange={onChange} testid="field" />);
    expect(field().value).toBe('{"<b>":"x"}');
    expect(onChange).not.toHaveBeenCalled();
  });
});

describe("other kinds", () => {
  test("yes or no is a switch", () => {
    const onChange = vi.fn();
    draw(
      <ParamField
        param={param("bias", { kind: "boolean", default: true })}
        value={undefined}
        onChange={onChange}
      />,
    );
    const control = screen.getByRole<HTMLInputElement>("switch", { name: /bias/ });
    expect(control.checked).toBe(true);
    fireEvent.click(control);
    expect(onChange).toHaveBeenCalledWith(false);
  });

  test("a choice is a list, which also shows a word that it does not know", () => {
    const onChange = vi.fn();
    const mode = param("mode", { kind: "choice", default: "zeros", choices: ["zeros", "reflect"] });
    draw(<ParamField param={mode} value="mirror" onChange={onChange} />);
    const control = screen.getByRole<HTMLSelectElement>("combobox", { name: /mode/ });
    expect(control.value).toBe("mirror");
    fireEvent.change(control, { target: { value: "reflect" } });
    expect(onChange).toHaveBeenCalledWith("reflect");
  });
});

/** A field whose value comes back when the test says so. */
function Late(props: { change: (value: unknown) => void; late: { again: (value: number) => void } }) {
  const [value, setValue] = useState(8);
  props.late.again = setValue;
  return <ParamField param={param("out_channels")} value={value} testid="field" onChange={props.change} />;
}

test("what comes back late of what was typed takes no letter away", () => {
  const change = vi.fn();
  const late = { again: (_: number): void => {} };
  draw(<Late change={change} late={late} />);
  const again = (value: number): void => act(() => late.again(value));
  fireEvent.focus(field());
  type("1");
  type("12");
  // The card is drawn with the first of them only now.
  again(1);
  expect(field().value).toBe("12");
  type("120");
  again(12);
  again(120);
  expect(field().value).toBe("120");
  expect(change.mock.calls.map(([value]) => value)).toEqual([1, 12, 120]);
  // What comes from elsewhere is newer.
  again(64);
  expect(field().value).toBe("64");
});

test("what is wrong is said once: not by the field where a problem beside it says it", () => {
  const shown = (told: boolean) => (
    <ParamField param={SIZE} value={2000} told={told} testid="field" onChange={() => {}} />
  );
  draw(shown(false));
  expect(screen.getByText(/1 to 1024/)).toBeTruthy();
  cleanup();
  draw(shown(true));
  expect(screen.queryByText(/1 to 1024/)).toBeNull();
  expect(field().getAttribute("aria-invalid")).toBe("true");
  // What cannot be read no problem knows of.
  fireEvent.focus(field());
  type("big");
  expect(screen.getByText(/Type a size/)).toBeTruthy();
});

test("a problem of a setting stands in the panel once", async () => {
  const { kernel, store } = draw(<SidePanel />);
  act(() => store.getState().select(["conv1"]));
  act(() =>
    store.getState().edit((now) => setParam(now, "conv1", "kernel_size", 2000, BLOCKS.Conv2d.params)),
  );
  expect(screen.getByText(/1 to 1024/)).toBeTruthy();
  const values = { param: "kernel_size", value: 2000, minimum: 1, maximum: 1024, allowed: "1 … 1024" };
  const problem = { code: "param-out-of-range", severity: "error", node: "conv1", port: null } as const;
  const found = analysis(store.getState().revision, {
    diagnostics: [{ ...problem, param: "kernel_size", values, fixes: [] }],
  });
  await act(async () => kernel.set("analysis" as never, found as never));
  expect(screen.queryByText(/1 to 1024/)).toBeNull();
  expect(document.querySelectorAll(".bm-note-problem")).toHaveLength(1);
});
