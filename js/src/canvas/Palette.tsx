/** All blocks by family: each row is a handle to drag and a button that adds. */

import { useReactFlow } from "@xyflow/react";
import {
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useCallback,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCanvas, useCanvasStore, useLanguage, useT } from "../context";
import type { Offer } from "../document";
import { familyColour } from "../families";
import { Icon } from "../icons";
import { blockName, type Language, pick } from "../texts";
import { usePaletteDrag } from "./drag";
import { showCard } from "./focus";
import { addAtEnd } from "./gestures";
import { forgetGroup } from "./groupActions";
import { useOffers } from "./offers";
import { find, noneKey } from "./search";
import { plainHeights } from "./useDrop";

/** The palette. */
export function Palette(): ReactElement {
  const t = useT();
  const language = useLanguage();
  const { blocks, kept } = useOffers();
  const families = useCanvas((canvas) => canvas.catalogue.families);
  const recipe = useCanvas((canvas) => canvas.catalogue.recipe);
  const root = useRef<HTMLElement>(null);
  const add = useAdd(root);
  const [text, setText] = useState("");
  const found = useMemo(
    () => find([...blocks, ...kept], text, (family) => t(`families.${family}`)),
    [blocks, kept, text, t],
  );
  const searching = text.trim() !== "";
  // Where nothing is found, all blocks are the way on.
  const groups =
    searching && found.length > 0
      ? [{ family: "", entries: found }]
      : families.map((family) => ({ family, entries: blocks.filter((entry) => entry.family === family) }));

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
        {found.length === 0 ? (
          <p className="bm-palette-none">{t(noneKey(recipe, text), { text: text.trim() })}</p>
        ) : null}
        {groups.map(({ family, entries }) =>
          entries.length === 0 ? null : (
            <section key={family} aria-label={family ? t(`families.${family}`) : t("ui.palette.found")}>
              {family ? <h2>{t(`families.${family}`)}</h2> : null}
              {entries.map((entry) => (
                <PaletteItem key={keyOf(entry)} entry={entry} language={language} onAdd={add} />
              ))}
            </section>
          ),
        )}
        {searching || kept.length === 0 ? null : (
          <section aria-label={t("ui.group.mine")}>
            <h2>{t("ui.group.mine")}</h2>
            {kept.map((entry) => (
              <KeptItem key={entry.name} entry={entry} language={language} onAdd={add} />
            ))}
          </section>
        )}
      </div>
    </nav>
  );
}

/** Adds a block, and shows where it went. */
function useAdd(area: RefObject<HTMLElement | null>): (entry: Offer) => void {
  const store = useCanvasStore();
  const flow = useReactFlow();
  return useCallback(
    (entry) => {
      const { catalogue, edit, select, selection } = store.getState();
      const root = area.current?.closest<HTMLElement>(".blockml") ?? null;
      const heights = plainHeights(store, root);
      let made = "";
      edit((document) => {
        const added = addAtEnd(document, catalogue.blocks, entry, selection.at(-1), heights);
        made = added.id;
        return added.document;
      });
      select([made]);
      if (root) showCard(root, flow, made);
    },
    [store, flow, area],
  );
}

interface ItemProps {
  entry: Offer;
  language: Language;
  onAdd: (entry: Offer) => void;
}

/** A group that was kept may be called like a block. */
function keyOf(entry: Offer): string {
  return entry.group && entry.group.name !== "" ? `group-${entry.name}` : entry.name;
}

/** A group that was kept; it can be taken out of the palette again. */
function KeptItem(props: ItemProps): ReactElement {
  const t = useT();
  const store = useCanvasStore();
  const { group } = props.entry;
  const text = t("ui.group.forget", { name: props.entry.name });
  return (
    <div className="bm-palette-kept">
      <PaletteItem {...props} />
      {group ? (
        <button
          type="button"
          className="bm-palette-forget"
          data-testid={`blockml-forget-${group.name}`}
          title={text}
          aria-label={text}
          onClick={() => forgetGroup(store, group)}
        >
          <Icon name="close" size={12} />
        </button>
      ) : null}
    </div>
  );
}

function PaletteItem({ entry, language, onAdd }: ItemProps): ReactElement {
  const drag = usePaletteDrag(entry);
  return (
    <button
      type="button"
      className="bm-palette-item"
      style={familyColour(entry.family)}
      data-testid={`blockml-palette-item-${keyOf(entry)}`}
      // One stop of the Tab key is enough: the arrow keys lead on from the search.
      tabIndex={-1}
      title={pick(entry.summary, language)}
      {...drag}
      onClick={() => onAdd(entry)}
    >
      <span className="bm-palette-colour" aria-hidden="true" />
      <span>{blockName(entry.name, language)}</span>
    </button>
  );
}
