/** Sums written out as on paper. */

import type { Look, Term } from "./arithmetic";
import { num, type Say } from "./texts";

/** Most numbers that are written one by one. */
const MOST = 25;

function list(terms: readonly Term[], write: (term: Term) => string, between: string): string {
  const shown = terms.slice(0, MOST).map(write).join(between);
  return terms.length > MOST ? `${shown}${between}…` : shown;
}

/** A number within a sum; what is below zero stands in brackets. */
export function factor(value: number): string {
  return value < 0 ? `(${num(value)})` : num(value);
}

export const written = {
  sum: ({ terms, total }: Look, say: Say): string =>
    terms.length === 0
      ? say("look.no_print")
      : `${list(terms, (term) => `${num(term.value)} × ${factor(term.weight)}`, " + ")} = ${num(total)}`,
  max: ({ terms, total }: Look, say: Say): string =>
    `${say("look.largest")} ${list(terms, (term) => num(term.value), ", ")} → ${num(total)}`,
  mean: ({ terms, total, divisor }: Look): string =>
    `(${list(terms, (term) => num(term.value), " + ")}) / ${divisor} = ${num(total)}`,
  copy: ({ terms, total }: Look, say: Say): string => {
    const cell = terms[0]?.cell;
    if (!cell) return say("border.filled", { value: num(total) });
    return say("border.copied", { row: cell.row + 1, column: cell.column + 1, value: num(total) });
  },
  moved: ({ total }: Look, say: Say): string => say("row.moved", { value: num(total) }),
};
