/**
 * One field for every kind of parameter, in a form or as a pill on a block.
 *
 * What is typed stays as it was typed; every text that can be read goes to the document at once.
 */

import { type ReactElement, useId } from "react";
import { useLanguage, useT } from "../context";
import type { Param } from "../protocol";
import { pick } from "../texts";
import { TextField } from "./TextField";
import { type Value, valueIn } from "./values";

interface Props {
  param: Param;
  /** What the document holds; `undefined` stands for the default. */
  value: unknown;
  onChange: (value: Value) => void;
  /** A pill on a block instead of a row in a form; the keys reach it through its card. */
  compact?: boolean;
  /** Whether the Tab key leads to a pill all the same. */
  stop?: boolean;
  /** Whether a value out of range is kept out of the document. */
  strict?: boolean;
  /** Whether a problem beside it says already what is wrong with the value. */
  told?: boolean;
  disabled?: boolean;
  testid?: string;
}

/** What the kinds of fields share. */
export interface FieldProps {
  param: Param;
  value: Value;
  onChange: (value: Value) => void;
  compact: boolean;
  stop: boolean;
  strict: boolean;
  told: boolean;
  disabled: boolean;
  testid: string | undefined;
  /** Id of the control, and of the text that explains it. */
  id: string;
  help: string;
  name: string;
}

/** A field for a parameter. */
export function ParamField(props: Props): ReactElement {
  const { param, onChange, compact = false, strict = false, disabled = false, testid } = props;
  const { stop = !compact, told = false } = props;
  const language = useLanguage();
  const id = useId();
  const name = pick(param.title, language);
  const description = pick(param.description, language);
  const field: FieldProps = {
    param,
    value: valueIn(param, props.value),
    onChange,
    compact,
    stop,
    strict,
    told,
    disabled,
    testid,
    id,
    help: `${id}help`,
    name,
  };
  if (compact) {
    return (
      <span className={`bm-pill bm-pill-${param.kind} nodrag nopan`} title={`${param.name}: ${description}`}>
        <label className="bm-pill-name" htmlFor={id}>
          {name}
        </label>
        <Control {...field} />
      </span>
    );
  }
  return (
    <div className="bm-field">
      <div className="bm-field-row">
        <label className="bm-field-name" htmlFor={id}>
          {name}
          {name.replaceAll(" ", "_") === param.name ? null : (
            <code className="bm-field-torch">{param.name}</code>
          )}
        </label>
        <Control {...field} />
      </div>
      <p className="bm-field-help" id={field.help}>
        {description}
      </p>
    </div>
  );
}

function Control(field: FieldProps): ReactElement {
  if (field.param.kind === "boolean") return <SwitchField {...field} />;
  if (field.param.kind === "choice") return <ChoiceField {...field} />;
  return <TextField {...field} />;
}

function SwitchField(field: FieldProps): ReactElement {
  const t = useT();
  const on = field.value === true;
  return (
    <span className="bm-switch">
      <input
        type="checkbox"
        role="switch"
        id={field.id}
        checked={on}
        aria-checked={on}
        aria-describedby={field.compact ? undefined : field.help}
        disabled={field.disabled}
        tabIndex={field.stop ? undefined : -1}
        data-testid={field.testid}
        onChange={(event) => field.onChange(event.currentTarget.checked)}
      />
      <span className="bm-switch-track" aria-hidden="true" />
      <span className="bm-switch-word" aria-hidden="true">
        {t(on ? "ui.field.yes" : "ui.field.no")}
      </span>
    </span>
  );
}

function ChoiceField(field: FieldProps): ReactElement {
  const chosen = String(field.value);
  const known = field.param.choices.includes(chosen);
  return (
    <select
      className="bm-select nowheel"
      id={field.id}
      value={chosen}
      aria-describedby={field.compact ? undefined : field.help}
      aria-invalid={!known}
      disabled={field.disabled}
      tabIndex={field.stop ? undefined : -1}
      data-testid={field.testid}
      onChange={(event) => field.onChange(event.currentTarget.value)}
    >
      {known ? null : <option value={chosen}>{chosen}</option>}
      {field.param.choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}
