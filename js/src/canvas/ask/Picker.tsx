/** A field to search with, and the list of what it finds: everything by keys, and by finger. */

import {
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useT } from "../../context";
import { familyColour } from "../../families";
import { Icon } from "../../icons";
import { Sheet } from "./Sheet";

export interface Option {
  id: string;
  label: string;
  /** What stands beside it, quieter. */
  note: string;
  /** Further words that find it. */
  words: string;
  family?: string;
}

interface Props<O extends Option> {
  title: string;
  /** What stands there when nothing is left to choose. */
  none: string;
  options: readonly O[];
  onPick: (option: O) => void;
  onClose: () => void;
}

export function Picker<O extends Option>(props: Props<O>): ReactElement {
  const { options, onPick } = props;
  const t = useT();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = options.filter((each) => {
    const all = `${each.label} ${each.note} ${each.words}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  // What begins with the text is meant more likely than what holds it somewhere.
  const begins = (each: O): number =>
    each.label.toLowerCase().startsWith(text.trim().toLowerCase()) ? 0 : 1;
  if (words.length > 0) found.sort((one, other) => begins(one) - begins(other));
  const now = Math.min(at, found.length - 1);
  const chosen = found[now];

  useLayoutEffect(() => field.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row is chosen
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [now, text]);

  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, now + step)));
    // While Hangul is being composed, Enter ends the syllable.
    else if (event.key === "Enter" && chosen && !event.nativeEvent.isComposing) onPick(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Sheet title={props.title} onClose={props.onClose} testid="blockml-picker">
      <label className="bm-search">
        <Icon name="search" size={14} />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={props.title}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={chosen ? `${id}${now}` : undefined}
          placeholder={t("ui.access.ask.search")}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </label>
      {found.length === 0 ? <p className="bm-ask-none">{props.none}</p> : null}
      <div
        ref={list}
        id={id}
        className="bm-ask-list nowheel"
        role="listbox"
        aria-label={props.title}
        tabIndex={-1}
      >
        {found.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={option.id}
            id={`${id}${index}`}
            className="bm-ask-option"
            style={familyColour(option.family ?? "data")}
            role="option"
            tabIndex={-1}
            aria-selected={index === now}
            data-testid={`blockml-option-${option.id}`}
            onClick={() => onPick(option)}
          >
            <b>{option.label}</b>
            <span>{option.note}</span>
          </div>
        ))}
      </div>
    </Sheet>
  );
}
