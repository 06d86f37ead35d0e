/**
 * Values of parameters as people write them: showing, reading, stepping.
 *
 * What a value means for a network is decided in the kernel. Here it is only read.
 */

import type { Param } from "../protocol";

/** A value of a parameter, as the document holds it. */
export type Value = number | string | boolean | number[] | null;

/** A sentence under `ui.field` and the values of its gaps. */
export interface Remark {
  key: string;
  values: Record<string, unknown>;
}

/** What a text says: a value, or why it is none. */
export type Reading = { value: Value; remark?: undefined } | { remark: Remark; value?: undefined };

const WHOLE = /^[+-]?\d+$/;
const SIZES = /[\s,×x*()[\]]+/;

/** A value as a person reads it: a size as `3 × 5`. */
export function show(value: Value): string {
  if (value === null) return "";
  if (isList(value)) return value.map(String).join(" × ");
  return String(value);
}

/** Read what was typed. A value out of range is still a value; `remarkOn` says what is wrong with it. */
export function read(param: Param, text: string): Reading {
  const trimmed = text.trim();
  if (param.kind === "size") return readSize(param, trimmed);
  const value = param.kind === "integer" ? whole(trimmed) : number(trimmed);
  if (value !== null) return { value };
  const key = param.kind === "integer" ? "not_whole" : "not_number";
  return { remark: { key, values: { text: trimmed } } };
}

/** What is wrong with a value that could be read, if anything is. */
export function remarkOn(param: Param, value: Value): Remark | null {
  const numbers = isList(value) ? value : typeof value === "number" ? [value] : [];
  if (numbers.every((each) => isInRange(param, each))) return null;
  const { minimum, maximum } = param;
  if (minimum === null) return { key: "at_most", values: { maximum } };
  const bounds = { minimum, maximum };
  if (param.exclusive) return { key: maximum === null ? "above" : "above_to", values: bounds };
  return { key: maximum === null ? "at_least" : "between", values: bounds };
}

/** The value one step up or down; a large step goes to the next suggestion. It stops at the limits. */
export function step(param: Param, value: Value, direction: 1 | -1, large = false): Value {
  if (isList(value)) return value.map((each) => stepNumber(param, each, direction, large));
  if (typeof value === "number") return stepNumber(param, value, direction, large);
  // A word such as "same" has no neighbours; the smallest number is where counting starts.
  return param.kind === "size" ? (param.minimum ?? 0) : value;
}

/** The short list of sensible values: the words, then the suggestions. */
export function suggestions(param: Param): Value[] {
  const found = [...param.choices, ...param.suggestions.filter(isValue)];
  return found.filter((value, at) => found.findIndex((other) => same(other, value)) === at);
}

/** Whether two values are the same. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((each, at) => each === other[at]);
  }
  return one === other;
}

/** The value of a field that stands in a document, or its default where none stands. */
export function valueIn(param: Param, found: unknown): Value {
  if (isValue(found)) return found;
  if (found !== undefined) return JSON.stringify(found);
  return isValue(param.default) ? param.default : null;
}

function isList(value: unknown): value is number[] {
  return Array.isArray(value);
}

function isValue(value: unknown): value is Value {
  if (isList(value)) return value.every((each) => typeof each === "number");
  return value === null || ["number", "string", "boolean"].includes(typeof value);
}

function isInRange(param: Param, value: number): boolean {
  const { minimum, maximum, exclusive } = param;
  if (minimum !== null && (exclusive ? value <= minimum : value < minimum)) return false;
  return maximum === null || value <= maximum;
}

function whole(text: string): number | null {
  const value = Number(text);
  return WHOLE.test(text) && Number.isSafeInteger(value) ? value : null;
}

function number(text: string): number | null {
  // Number("") is 0, and a comma is the decimal point of many people.
  const value = text === "" ? Number.NaN : Number(text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}

function readSize(param: Param, text: string): Reading {
  const word = param.choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  if (word !== undefined) return { value: word };
  const parts = text.split(SIZES).filter((part) => part !== "");
  const numbers = parts.map(whole).filter((each) => each !== null);
  const count = numbers.length;
  if (count === parts.length && count === 1) return { value: numbers[0] ?? null };
  if (count === parts.length && param.lengths.includes(count)) return { value: numbers };
  const example = [3, ...param.lengths.map((length) => Array(length).fill(3).join("×")), ...param.choices];
  return { remark: { key: "not_size", values: { text, example: example.join(", ") } } };
}

function stepNumber(param: Param, value: number, direction: 1 | -1, large: boolean): number {
  if (large || param.kind === "number") {
    const ordered = param.suggestions.filter((each) => typeof each === "number").sort((a, b) => a - b);
    const next =
      direction === 1 ? ordered.find((each) => each > value) : ordered.reverse().find((each) => each < value);
    if (next !== undefined) return next;
  }
  const size = large ? 10 : 1;
  const next = param.kind === "number" ? stepDecimal(value, direction) : value + direction * size;
  const { minimum, maximum } = param;
  if (maximum !== null && next > maximum) return maximum;
  if (minimum === null || next > minimum) return next;
  // A limit that is not allowed itself is never stepped onto.
  return param.exclusive ? value : minimum;
}

/** One step of the first digit: 0.5 to 0.6, and 0.1 down to 0.09. */
function stepDecimal(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * 0.01;
  const outward = Math.sign(value) === direction;
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const exact = Math.abs(Math.abs(value) / 10 ** exponent - 1) < 1e-9;
  const digit = !outward && exact ? exponent - 1 : exponent;
  return Number((value + direction * 10 ** digit).toPrecision(6));
}
