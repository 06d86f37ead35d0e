/** All blocks by family: each row is a handle to drag and a button that adds. */

import { type KeyboardEvent, type ReactElement, useMemo, useRef, useState } from "react";
import { familyColour } from "../families";
import { Icon } from "../icons";
import type { BlockEntry } from "../protocol";
import { useCanvas, useT } from "../store";
import { type Language, pick } from "../texts";
import { usePaletteDrag } from "./drag";
import { useAddByClick } from "./gestures";
import { find } from "./search";

/** The palette. */
export function Palette(): ReactElement {
  const t = useT();
  const language = useCanvas((canvas) => canvas.language);
  const blocks = useCanvas((canvas) => canvas.catalogue.blocks);
  const families = useCanvas((canvas) => canvas.catalogue.families);
  const add = useAddByClick();
  const root = useRef<HTMLElement>(null);
  const [text, setText] = useState("");
  const found = useMemo(() => find(blocks, text, (family) => t(`families.${family}`)), [blocks, text, t]);
  const searching = text.trim() !== "";
  const groups = searching
    ? [{ family: "", entries: found }]
    : families.map((family) => ({ family, entries: found.filter((entry) => entry.family === family) }));

  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const inSearch = event.target instanceof HTMLInputElement;
    const [first] = found;
    if (event.key === "Escape" && searching) {
      event.stopPropagation();
      setText("");
    } else if (event.key === "Enter" && !event.ctrlKey && inSearch && searching && first) add(first);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || root.current === null) return;
    event.preventDefault();
    const stops = [...root.current.querySelectorAll<HTMLElement>("input, .bm-palette-item")];
    const now = stops.indexOf(event.target as HTMLElement);
    stops[Math.max(0, Math.min(stops.length - 1, now + step))]?.focus();
  };
  return (
    <nav
      ref={root}
      className="bm-palette"
      data-testid="blockml-palette"
      aria-label={t("ui.palette.title")}
      onKeyDown={press}
    >
      <label className="bm-search">
        <Icon name="search" size={14} />
        <input
          type="search"
          data-testid="blockml-palette-search"
          aria-label={t("ui.palette.search")}
          placeholder={t("ui.palette.search")}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div className="bm-palette-list nowheel" tabIndex={-1}>
        {groups.map(({ family, entries }) =>
          entries.length === 0 ? null : (
            <section key={family} aria-label={family ? t(`families.${family}`) : t("ui.palette.found")}>
              {family ? <h3>{t(`families.${family}`)}</h3> : null}
              {entries.map((entry) => (
                <PaletteItem key={entry.name} entry={entry} language={language} onAdd={add} />
              ))}
            </section>
          ),
        )}
        {found.length === 0 ? (
          <p className="bm-palette-none">{t("ui.palette.none", { text: text.trim() })}</p>
        ) : null}
      </div>
    </nav>
  );
}

interface ItemProps {
  entry: BlockEntry;
  language: Language;
  onAdd: (entry: BlockEntry) => void;
}

function PaletteItem({ entry, language, onAdd }: ItemProps): ReactElement {
  const drag = usePaletteDrag(entry);
  return (
    <button
      type="button"
      className="bm-palette-item"
      style={familyColour(entry.family)}
      data-testid={`blockml-palette-item-${entry.name}`}
      // One stop of the Tab key is enough: the arrow keys lead on from the search.
      tabIndex={-1}
      title={pick(entry.summary, language)}
      {...drag}
      onClick={() => onAdd(entry)}
    >
      <span className="bm-palette-colour" aria-hidden="true" />
      <span>{entry.name}</span>
    </button>
  );
}
