/** The sentences of this part; both languages come along with it. */

import { useCallback } from "react";
import { learn as en } from "../../../blockml/locale/en.json";
import { learn as ko } from "../../../blockml/locale/ko.json";
import { useLanguage } from "../context";
import { type Values, within } from "../texts";

const TABLES = { en, ko };

export type Say = (key: string, values?: Values) => string;

/** Fills sentences under `learn` in the language of the canvas. */
export function useSay(): Say {
  const language = useLanguage();
  return useCallback((key, values) => within(TABLES[language], key, values), [language]);
}

/** A number with as many decimals as those that stand around it. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** A number as it stands in a sum: two decimals at most, with a real minus sign. */
export function num(value: number | null): string {
  if (value === null) return "–";
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded).replace("-", "−");
}
