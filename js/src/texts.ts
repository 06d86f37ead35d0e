/** Every sentence a person reads, by key and language; the same files and rules as in the kernel. */

// Taken part by part, so that what only the kernel says stays out of the bundle.
import * as en from "../../blockml/locale/en.json";
import { recall, remember } from "./keep/memory";
import type { Catalogue, Diagnostic, Fix, Text } from "./protocol";

export type Language = "en" | "ko";

/** The language as a canvas keeps it: `auto` follows the page. */
export type LanguageSetting = Language | "auto";

/** Values for the gaps of a sentence. */
export type Values = Readonly<Record<string, unknown>>;

/** English stands in the bundle, but for what is said about problems and by parts; the rest are parts. */
const TABLES: Partial<Record<Language, object>> = {
  en: { families: en.families, problems: en.problems, ui: en.ui },
};

const WHOLE = new Set<Language>();

/** A gap `{count}`, or words that a number chooses between: `{count|picture|pictures}`. */
const GAP = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g;

/**
 * Fill the sentence of a key.
 *
 * Only the gaps of the sentence itself are filled: a value that holds braces stays text.
 * A key without a sentence comes back as it is, so that a missing sentence shows.
 */
export function sentence(key: string, language: Language, values?: Values): string {
  return within(TABLES[language], key, values);
}

/** The same in a table of its own. */
export function within(table: unknown, key: string, values: Values = {}): string {
  let found = table;
  for (const part of key.split(".")) {
    found = typeof found === "object" && found !== null ? Reflect.get(found, part) : undefined;
  }
  if (typeof found !== "string") return key;
  return found.replace(GAP, (gap, name: string, one?: string, many?: string) => {
    if (!(name in values)) return gap;
    const value = shown(values[name]);
    return (value === "1" ? one : many) ?? value;
  });
}

/** Whether a page can be shown in a language. */
export function speaks(language: Language): boolean {
  return language in TABLES;
}

/** Whether all sentences of a language are here, also those about problems. */
export function isWhole(language: Language): boolean {
  return WHOLE.has(language);
}

/** Take the sentences of a language, or those that are missing. */
export function learn(language: Language, table: object): void {
  TABLES[language] = { ...TABLES[language], ...table };
  WHOLE.add(language);
}

/** A value as people read it: a shape as `32 × 28 × 28`, the rest as it is. */
export function shown(value: unknown): string {
  return Array.isArray(value) ? value.map(shown).join(" × ") : String(value);
}

/** The text of a pair in a language. */
export function pick(text: Text, language: Language): string {
  return text[language];
}

/** What people call a block: groups of the starters, groups and ports in their language, all others as they are named. */
export function blockName(block: string, language: Language): string {
  const key = `ui.names.${block}`;
  const text = sentence(key, language);
  return text === key ? block : text;
}

/** What people call settings and data, by the name that code has for them. */
const NAMES = new Map<string, Text>();

/** Take what people call the settings of blocks and of the recipe, and the data; blocks may share the name of a setting. */
export function learnNames({ blocks, data, recipe }: Pick<Catalogue, "blocks" | "data" | "recipe">): void {
  for (const block of blocks)
    for (const each of block.params) NAMES.set(`${block.name}.${each.name}`, each.title);
  for (const each of [...data, ...recipe]) NAMES.set(each.name, each.title);
}

/** The values of a problem with the names that people see in the page. */
function named(values: Values, language: Language): Values {
  const { block, data, param, setting } = values;
  const found = {
    data: NAMES.get(`${data}`),
    param: NAMES.get(`${block}.${param}`),
    setting: NAMES.get(`${setting}`),
  };
  const said = Object.entries(found).flatMap(([key, text]) => (text ? [[key, pick(text, language)]] : []));
  return { ...values, ...Object.fromEntries(said) };
}

/** A part of what is said of a problem: what happened, how to mend it, or what few need. Empty where there is none. */
export function problemText(
  problem: Diagnostic,
  part: "message" | "hint" | "details",
  language: Language,
): string {
  const key = `problems.${problem.code}.${part}`;
  const text = sentence(key, language, named(problem.values, language));
  return text === key ? "" : text;
}

/** The text of the button of a repair. */
export function fixLabel(fix: Fix, language: Language): string {
  const key = `fixes.${fix.kind}`;
  const label = sentence(key, language, named(fix.values, language));
  // The sentence may not be here yet.
  return label === key ? sentence("ui.problems.mend", language) : label;
}

/**
 * The language to show.
 *
 * `auto` is the one that the person chose last; before any choice that of the page around, such as JupyterLab, or
 * of the browser.
 */
export function resolve(setting: LanguageSetting): Language {
  if (setting !== "auto") return setting;
  const kept = recall("language");
  return kept === "en" || kept === "ko" ? kept : around();
}

/** Remember what a person chose, for canvases to come; who chooses the language around follows that again. */
export function choose(language: Language): void {
  remember("language", language === around() ? "" : language);
}

function around(): Language {
  const found = document.documentElement.lang || navigator.language;
  return found.toLowerCase().startsWith("ko") ? "ko" : "en";
}
