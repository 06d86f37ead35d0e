/** A number or a size as text: typed, stepped with arrow keys and buttons, or picked from a short list. */

import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { useT } from "../context";
import type { FieldProps } from "./ParamField";
import { type Remark, read, remarkOn, same, show, step, suggestions, type Value } from "./values";

/** Keys that the canvas or the notebook would take for its own. */
const OWN_KEYS = [
  "ArrowUp",
  "ArrowDown",
  "ArrowLeft",
  "ArrowRight",
  "Backspace",
  "Delete",
  "Enter",
  "Escape",
  " ",
];

/** The text of a field while somebody types, and what is wrong with it. */
interface Draft {
  text: string | null;
  remark: Remark | null;
}

/** How long a field says that a text was not used, in milliseconds. */
const KEPT_FOR = 6000;

const CLEAN: Draft = { text: null, remark: null };

/** A field for the kinds `integer`, `number` and `size`. */
export function TextField(field: FieldProps): ReactElement {
  const { param, value, id } = field;
  const t = useT();
  const [draft, setDraft] = useState(CLEAN);
  const [focused, setFocused] = useState(false);
  const before = useRef<Value>(value);
  const sent = useRef<readonly Value[]>([value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is another value that counts
  useEffect(() => {
    // What was typed here comes back, one after the other and late where there is much to draw.
    if (draft.text !== null && sent.current.some((each) => same(each, value))) return;
    // A change from elsewhere (undo, a fix, the kernel) is newer than what stands half typed here.
    if (draft.text !== null) setDraft(CLEAN);
    sent.current = [value];
  }, [value]);

  useEffect(() => {
    if (draft.remark?.key !== "kept") return;
    const timer = setTimeout(() => setDraft(CLEAN), KEPT_FOR);
    return () => clearTimeout(timer);
  }, [draft.remark]);

  const send = (next: Value): void => {
    if (same(next, sent.current.at(-1) ?? value)) return;
    sent.current = [...sent.current, next];
    field.onChange(next);
  };
  const type = (text: string): void => {
    const reading = read(param, text);
    const remark = reading.remark ?? remarkOn(param, reading.value);
    setDraft({ text, remark: text.trim() === "" ? null : remark });
    if (reading.remark === undefined && !(field.strict && remark)) send(reading.value);
  };
  const choose = (next: Value): void => {
    setDraft(CLEAN);
    send(next);
  };
  const move = (direction: 1 | -1, large: boolean): void => choose(step(param, value, direction, large));
  const press = (event: KeyboardEvent): void => {
    // When there is nothing to take back, Escape leaves the field.
    const leaves = event.key === "Escape" && draft.text === null && same(before.current, value);
    if (OWN_KEYS.includes(event.key) && !leaves && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    const stepping = STEPPING[event.key];
    if (stepping !== undefined) {
      event.preventDefault();
      move(stepping.direction, stepping.large || event.shiftKey);
    } else if (event.key === "Escape") {
      choose(before.current);
    } else if (event.key === "Enter") {
      setDraft(draft.remark ? draft : CLEAN);
    }
  };
  const leave = (): void => {
    setFocused(false);
    // What was not used is not left standing as if it were: the old value comes back, and says so.
    const unused = draft.remark !== null && draft.text !== null && draft.text !== show(value);
    setDraft({
      text: null,
      remark: unused ? { key: "kept", values: { text: draft.text, value: show(value) } } : null,
    });
  };

  const text = draft.text ?? show(value);
  const remark = draft.remark ?? (draft.text === null ? remarkOn(param, value) : null);
  const invalid = remark !== null && remark.key !== "kept";
  const input = (
    <input
      className="bm-input"
      id={id}
      type="text"
      inputMode={param.kind === "size" && param.choices.length > 0 ? "text" : "decimal"}
      autoComplete="off"
      spellCheck={false}
      value={text}
      style={field.compact ? { width: `${Math.max(1, text.length) + 0.3}ch` } : undefined}
      aria-invalid={invalid}
      aria-describedby={field.compact ? undefined : `${field.help} ${id}remark`}
      disabled={field.disabled}
      tabIndex={field.stop ? undefined : -1}
      data-testid={field.testid}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={press}
      onFocus={(event) => {
        before.current = value;
        setFocused(true);
        setDraft(CLEAN);
        event.currentTarget.select();
      }}
      onBlur={leave}
    />
  );
  const options = suggestions(param);
  const list =
    focused && options.length > 0 ? <Suggestions options={options} value={value} onChoose={choose} /> : null;
  // What cannot be read, or was not used, only the field knows.
  const isTold = field.told && invalid && !remark.key.startsWith("not_");
  const note =
    remark && !isTold ? (
      <em className="bm-field-remark">{t(`ui.field.${remark.key}`, remark.values)}</em>
    ) : null;
  if (field.compact) {
    return (
      <>
        {input}
        {list || (note && (focused || !invalid)) ? (
          <span className="bm-pill-drop">
            {list}
            {note}
          </span>
        ) : null}
      </>
    );
  }
  return (
    <span className="bm-text">
      <span className="bm-stepper" data-invalid={invalid}>
        <Step {...field} direction={-1} onStep={move} />
        {input}
        <Step {...field} direction={1} onStep={move} />
      </span>
      {list}
      <span id={`${id}remark`} className="bm-field-note" aria-live="polite">
        {note}
      </span>
    </span>
  );
}

const STEPPING: Record<string, { direction: 1 | -1; large: boolean } | undefined> = {
  ArrowUp: { direction: 1, large: false },
  ArrowDown: { direction: -1, large: false },
  PageUp: { direction: 1, large: true },
  PageDown: { direction: -1, large: true },
};

interface StepProps extends FieldProps {
  direction: 1 | -1;
  onStep: (direction: 1 | -1, large: boolean) => void;
}

function Step(props: StepProps): ReactElement {
  const t = useT();
  const { direction, param, value } = props;
  const atEnd = same(step(param, value, direction), value);
  return (
    <button
      type="button"
      className="bm-step"
      // The arrow keys of the field do the same; one stop for the Tab key is enough.
      tabIndex={-1}
      disabled={props.disabled || atEnd}
      aria-label={t(direction === 1 ? "ui.field.more" : "ui.field.less", { name: props.name })}
      onClick={(event) => props.onStep(direction, event.shiftKey)}
    >
      <span aria-hidden="true">{direction === 1 ? "+" : "−"}</span>
    </button>
  );
}

interface SuggestionsProps {
  options: Value[];
  value: Value;
  onChoose: (value: Value) => void;
}

function Suggestions({ options, value, onChoose }: SuggestionsProps): ReactElement {
  return (
    <span className="bm-suggestions">
      {options.map((option) => (
        <button
          type="button"
          key={show(option)}
          className="bm-suggestion"
          tabIndex={-1}
          aria-pressed={same(option, value)}
          // The field keeps the focus, so that typing can go on.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
        >
          {show(option)}
        </button>
      ))}
    </span>
  );
}
