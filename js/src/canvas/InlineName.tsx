import { type KeyboardEvent, type ReactElement, useEffect, useState } from "react";

interface Props {
  value: string;
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

/** A name on a card or a path that is changed where it stands. */
export function InlineName({
  value,
  label,
  placeholder,
  fits,
  onChange,
  onEnter,
  testid,
}: Props): ReactElement {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const isWrong = text !== value && fits?.(text) === false;
  const keep = (): void => {
    if (isWrong) setText(value);
    else if (text !== value) onChange(text);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Enter") {
      keep();
      const root = event.currentTarget.closest<HTMLElement>(".blockml");
      if (root) onEnter(isWrong ? value : text, root);
      event.stopPropagation();
    } else if (event.key === "Escape" && text !== value) {
      setText(value);
      event.stopPropagation();
    }
  };
  return (
    <span className="bm-inline nodrag nopan" data-text={text || placeholder}>
      <input
        aria-label={label}
        title={label}
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
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          if (!fits) onChange(event.currentTarget.value);
        }}
        onKeyDown={press}
        onBlur={keep}
      />
    </span>
  );
}
