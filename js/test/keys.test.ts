import { afterEach, describe, expect, test, vi } from "vitest";
import en from "../../blockml/locale/en.json";
import { KEYS, type KeyRow, press, pressed } from "../src/canvas/keys";

const key = (name: string, more: Partial<KeyboardEvent> = {}) => pressed({ key: name, code: "", ...more });

afterEach(() => {
  document.body.innerHTML = "";
});

describe("names of keys", () => {
  test("with what is held, the command key as Ctrl", () => {
    expect(key("z", { ctrlKey: true })).toBe("Ctrl+Z");
    expect(key("Z", { metaKey: true, shiftKey: true })).toBe("Ctrl+Shift+Z");
    expect(key("ArrowUp", { altKey: true })).toBe("Alt+ArrowUp");
  });

  test("signs are the same with and without Shift", () => {
    expect(key("?", { shiftKey: true })).toBe("?");
    expect(key("/")).toBe("/");
  });

  test("Hangul keys are known by their place", () => {
    expect(key("ㅊ", { code: "KeyC" })).toBe("C");
    expect(key("Process", { code: "Slash" })).toBe("/");
  });
});

describe("the table", () => {
  function fire(element: string, row: Partial<KeyRow>): boolean {
    document.body.innerHTML = `<div id="root"><div class="bm-canvas"><div class="react-flow__node" data-id="a%22">
      <input /></div></div><button></button></div>`;
    const root = document.querySelector<HTMLElement>("#root");
    const target = document.querySelector<HTMLElement>(element);
    if (!root || !target) throw new Error("nothing drawn");
    const event = new KeyboardEvent("keydown", { key: "c", cancelable: true });
    Object.defineProperty(event, "target", { value: target });
    const rows = [{ keys: ["C"], when: "always", text: "", action: () => {}, ...row } as KeyRow];
    const place = {
      root,
      store: {} as never,
      flow: {} as never,
      desk: {} as never,
      openDrawer: () => {},
      ask: () => {},
      turn: () => {},
    };
    const found = press(event, place, rows);
    expect(event.defaultPrevented).toBe(found);
    return found;
  }

  test("a key of a card has its name, and needs its focus", () => {
    const action = vi.fn();
    expect(fire(".react-flow__node", { when: "card", action })).toBe(true);
    expect(action.mock.calls[0]?.[0].card).toBe('a"');
    expect(fire("button", { when: "card" })).toBe(false);
    expect(fire(".bm-canvas", { when: "card" })).toBe(false);
  });

  test("a key of the canvas works on it, and when nothing has the focus", () => {
    expect(fire(".bm-canvas", { when: "canvas" })).toBe(true);
    expect(fire("#root", { when: "canvas" })).toBe(true);
    expect(fire("button", { when: "canvas" })).toBe(false);
  });

  test("letters in a field are letters", () => {
    expect(fire("input", {})).toBe(false);
    expect(fire("input", { typing: true })).toBe(true);
  });

  test("what an action leaves is left", () => expect(fire("button", { action: () => false })).toBe(false));

  test("every row has its sentence, and no key means two things in one place", () => {
    for (const row of KEYS) expect(Object.keys(en.ui.keys)).toContain(row.text);
    const names = KEYS.flatMap((row) => row.keys.map((each) => `${row.when} ${each}`));
    expect(names.filter((each, at) => names.indexOf(each) !== at)).toEqual([]);
  });
});
