import { type KeyboardEvent, type ReactElement, useState } from "react";
import { useActions, useT } from "../context";
import { refused } from "../names";
import { write } from "./focus";

interface Props {
  value: string;
  /** What stands there while nobody writes in it, where that is something else. */
  shown?: string;
  label: string;
  /** Shown while there is no value. */
  placeholder?: string;
  /** Whether a text may be the value; without it any text may, and is the value while it is typed. */
  fits?: (text: string) => boolean;
  onChange: (value: string) => void;
  /** After Enter, with the widget around. */
  onEnter: (text: string, root: HTMLElement) => void;
  testid: string;
}

/** A name on a card. A press on it is one on the card; a double click, a key or the panel leads into it. */
export function InlineName({
  value,
  shown = value,
  label,
  placeholder,
  fits,
  onChange,
  onEnter,
  testid,
}: Props): ReactElement {
  const t = useT();
  const { notify } = useActions();
  // What is typed while it is not the value yet.
  const [draft, setDraft] = useState<string | null>(null);
  const [isWriting, setWriting] = useState(false);
  const text = draft ?? value;
  const isWrong = text !== value && fits?.(text) === false;
  const keep = (): void => {
    setDraft(null);
    setWriting(false);
    if (isWrong) notify({ kind: "info", text: refused(t, text, value) });
    else if (text !== value) onChange(text);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") {
      keep();
      const root = event.currentTarget.closest<HTMLElement>(".blockml");
      if (root) onEnter(isWrong ? value : text, root);
      event.stopPropagation();
    } else if (event.key === "Escape" && text !== value) {
      setDraft(null);
      event.stopPropagation();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys reach the field through its card
    <span
      className="bm-inline"
      data-text={(isWriting ? text : shown) || placeholder}
      title={t("ui.group.rename_help")}
      onDoubleClick={({ currentTarget }) => write(currentTarget.querySelector("input"))}
    >
      <input
        className="nodrag nopan"
        aria-label={label}
        aria-invalid={isWrong}
        data-testid={testid}
        // The text behind it gives the width.
        size={1}
        // The keys reach it through its card.
        tabIndex={-1}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        placeholder={placeholder}
        value={isWriting ? text : shown}
        onFocus={() => setWriting(true)}
        onChange={({ currentTarget: { value } }) => (fits ? setDraft(value) : onChange(value))}
        onKeyDown={press}
        onBlur={keep}
      />
    </span>
  );
}
