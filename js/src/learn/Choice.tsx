/** A choice of a few words, of which one is pressed. */

import type { ReactElement } from "react";

interface Props<T extends string> {
  label: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChoose: (value: T) => void;
}

export function Choice<T extends string>({ label, options, value, onChoose }: Props<T>): ReactElement {
  return (
    <fieldset className="bm-choice" aria-label={label}>
      {options.map(([name, text]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === value}
          data-testid={`blockml-learn-${name}`}
          onClick={() => onChoose(name)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
