/** Finds a block by its name or its meaning, and adds it where it was wished. */

import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from "react";
import { useDeskStore, type Wish } from "../canvas/desk";
import { useReactFlow } from "../canvas/flow";
import { cardOf, focusCard } from "../canvas/focus";
import type { Step } from "../canvas/grownCards";
import { find, noneKey } from "../canvas/search";
import { useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import { familyColour } from "../families";
import { Icon } from "../icons";
import type { BlockEntry } from "../protocol";
import { blockName, pick } from "../texts";
import { choices, grant } from "../wish";

/** Size of the sheet, in pixels; CSS has the same. */
const SHEET = { width: 288, height: 344, margin: 8 };

interface Props {
  area: React.RefObject<HTMLDivElement | null>;
  steps: { readonly current: readonly Step[] };
  wish: Wish;
}

/** The search. */
export default function Finder({ area, steps, wish }: Props): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const desk = useDeskStore();
  const flow = useReactFlow();
  const language = useLanguage();
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [row, setRow] = useState(0);
  const id = useId();
  const all = useMemo(() => choices(store, wish), [store, wish]);
  const recipe = useCanvas((canvas) => canvas.catalogue.recipe);
  const found = useMemo(() => find(all, text, (family) => t(`families.${family}`)), [all, text, t]);
  // Where nothing is found, all blocks are the way on; Enter takes none of them before one is marked.
  const none = found.length === 0;
  const rows = none ? all : found;
  const chosen = rows[none ? row - 1 : Math.min(row, rows.length - 1)];

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!event.composedPath().includes(root.current as EventTarget)) desk.setState({ wish: null });
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [desk]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is marked has changed
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [row, text]);

  const close = (): void => {
    desk.setState({ wish: null });
    const back = wish.beside ?? wish.loose;
    const card = back && area.current && cardOf(area.current, back.node);
    (card ?? area.current)?.focus();
  };
  const add = (entry: BlockEntry): void => {
    desk.setState({ wish: null });
    const made = grant(store, wish, entry, steps.current, area.current);
    const widget = area.current?.closest<HTMLElement>(".blockml");
    if (widget) focusCard(widget, flow, made);
  };
  const press = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    // While Hangul is being composed, Enter ends the syllable.
    else if (event.key === "Enter" && chosen && !event.nativeEvent.isComposing) add(chosen);
    else if (step !== undefined) {
      const count = rows.length + Number(none);
      setRow((row + step + count) % Math.max(1, count));
    } else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the field inside
    <div
      ref={root}
      className="bm-finder nowheel"
      data-testid="blockml-finder"
      style={placeOf(area.current, wish)}
      onKeyDown={press}
    >
      <label className="bm-search">
        <Icon name="search" size={14} />
        <input
          ref={input}
          role="combobox"
          aria-label={t(wish.loose ? "ui.edit.find_fit" : "ui.palette.search")}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={chosen ? `${id}${chosen.name}` : undefined}
          placeholder={t(wish.loose ? "ui.edit.find_fit" : "ui.palette.search")}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setRow(0);
          }}
        />
      </label>
      <div ref={list} id={id} className="bm-finder-list" role="listbox" aria-label={t("ui.palette.found")}>
        {none ? <p className="bm-palette-none">{t(noneKey(recipe, text), { text: text.trim() })}</p> : null}
        {rows.map((entry, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={entry.name}
            id={`${id}${entry.name}`}
            className="bm-finder-row"
            style={familyColour(entry.family)}
            role="option"
            tabIndex={-1}
            aria-selected={entry === chosen}
            data-testid={`blockml-finder-${entry.name}`}
            onPointerMove={() => setRow(at + Number(none))}
            onClick={() => add(entry)}
          >
            <b>{blockName(entry.name, language)}</b>
            <span>{pick(entry.summary, language)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where the sheet stands, so that all of it lies on the canvas. */
function placeOf(area: HTMLElement | null, { from }: Wish): { left: number; top: number } {
  const box = area?.getBoundingClientRect();
  if (!box) return { left: 0, top: 0 };
  const inside = (at: number, room: number, size: number): number =>
    Math.max(SHEET.margin, Math.min(at, room - size - SHEET.margin));
  const [x, y] = from
    ? [from.x - box.left, from.y - box.top]
    : [(box.width - SHEET.width) / 2, (box.height - SHEET.height) / 3];
  return { left: inside(x, box.width, SHEET.width), top: inside(y, box.height, SHEET.height) };
}
