/** A number that a hand or the arrow keys move, with its name and its value. */

import { type ReactElement, useId } from "react";
import { fixed, num } from "./texts";

interface Props {
  name: string;
  value: number;
  least: number;
  most: number;
  step?: number;
  testid?: string;
  onChange: (value: number) => void;
}

export function Slider({ name, value, least, most, step = 0.1, testid, onChange }: Props): ReactElement {
  const id = useId();
  return (
    <div className="bm-slider">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        type="range"
        className="bm-look-range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={num(value)}
        data-testid={testid}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output htmlFor={id}>{fixed(value, step % 1 === 0 ? 0 : step < 0.1 ? 2 : 1)}</output>
    </div>
  );
}
