/** No sentence of the page bypasses the files of the locale folder: the source is read, not the screen. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";
import en from "../../blockml/locale/en.json";

interface Tree {
  type: string;
  start: number;
  [key: string]: unknown;
}

/** Attributes that people read or hear. */
const READ = /^(title|alt|placeholder|label|aria-(label|description|roledescription|valuetext|placeholder))$/;

/** What is the same in every language: names, and the word for a language in that language. */
const NAMES = ["한국어", "English", "React Flow"];

const LETTERS = /[\p{L}]{2}/u;

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "type") === "string";
}

function children(tree: Tree): Tree[] {
  return Object.values(tree).flat().filter(isTree);
}

/** Texts that an expression shows as it is; what a call or a condition takes is not shown. */
function shown(tree: Tree | null | undefined): string[] {
  if (!isTree(tree)) return [];
  switch (tree.type) {
    case "Literal":
      return typeof tree.value === "string" ? [tree.value] : [];
    case "TemplateLiteral":
      return [
        ...(tree.quasis as Tree[]).map((each) => String(Reflect.get(each.value as object, "cooked"))),
        ...(tree.expressions as Tree[]).flatMap(shown),
      ];
    case "ConditionalExpression":
      return [...shown(tree.consequent as Tree), ...shown(tree.alternate as Tree)];
    case "LogicalExpression":
    case "BinaryExpression":
      return /[=<>]/.test(String(tree.operator))
        ? []
        : [...shown(tree.left as Tree), ...shown(tree.right as Tree)];
    case "JSXExpressionContainer":
    case "ParenthesizedExpression":
    case "TSAsExpression":
      return shown(tree.expression as Tree);
    default:
      return [];
  }
}

function nameOf(tree: unknown): string {
  if (!isTree(tree)) return "";
  if (tree.type === "MemberExpression") return nameOf(tree.property);
  return String(tree.name ?? tree.value ?? "");
}

/** Sentences of a source that people would read and no file of the locale folder holds. */
function bypassing(name: string, source: string): string[] {
  const found: string[] = [];
  const note = (texts: readonly string[]): void => {
    for (const text of texts)
      if (LETTERS.test(text) && !NAMES.includes(text.trim())) found.push(`${name}: ${text.trim()}`);
  };
  const walk = (tree: Tree, parent: Tree | null): void => {
    if (tree.type === "JSXText") note([String(tree.value)]);
    else if (tree.type === "JSXExpressionContainer" && parent?.type !== "JSXAttribute") note(shown(tree));
    else if (tree.type === "JSXAttribute" && READ.test(nameOf(tree.name))) note(shown(tree.value as Tree));
    else if (tree.type === "CallExpression" && nameOf(tree.callee) === "announce")
      note(shown((tree.arguments as Tree[])[0]));
    else if (tree.type === "CallExpression" && nameOf(tree.callee) === "notify")
      for (const argument of tree.arguments as Tree[])
        for (const each of (argument.properties ?? []) as Tree[])
          if (nameOf(each.key) === "text") note(shown(each.value as Tree));
    for (const child of children(tree)) walk(child, tree);
  };
  walk(parseSync(name, source).program as unknown as Tree, null);
  return found;
}

const ROOT = join(import.meta.dirname, "..", "src");
const FILES = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((each) => /\.tsx?$/.test(each));
const SOURCES = new Map(FILES.map((name) => [name, readFileSync(join(ROOT, name), "utf8")]));

describe("the page", () => {
  test("says nothing that is not in the catalogue of sentences", () => {
    expect(FILES.length).toBeGreaterThan(60);
    expect([...SOURCES].flatMap(([name, source]) => bypassing(name, source))).toEqual([]);
  });

  test.each([
    "<p>Hello</p>",
    '<p title="Hello" />',
    '<p aria-label={on ? "Stop" : t("x")} />',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source, read as text
    "<p>{`${count} pictures`}</p>",
    '<p>{on && "Stop"}</p>',
    'announce("Done.")',
    'notify({ kind: "info", text: "Saved" })',
  ])("%s would be found", (source) => expect(bypassing("x.tsx", source)).toHaveLength(1));

  test("keys, names and signs are no sentences", () => {
    const plain =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a source, read as text
      '<p className="a b" data-testid="blockml-x" title={t("ui.x")}>{t(`ui.${name}`)} · {count}×</p>';
    expect(bypassing("x.tsx", plain)).toEqual([]);
  });

  test("every key that stands in the source as it is has its sentence", () => {
    const has = (key: string): boolean => {
      let found: unknown = en;
      for (const part of key.split("."))
        found = found && typeof found === "object" ? Reflect.get(found, part) : undefined;
      return typeof found === "string";
    };
    const used = [...SOURCES].flatMap(([name, source]) =>
      [...source.matchAll(/(?:\bt|sentence)\(\s*"((?:ui|families|checks|fixes|problems)\.[\w.-]+)"/g)].map(
        (match) => [name, match[1] ?? ""] as const,
      ),
    );
    expect(used.length).toBeGreaterThan(150);
    expect(used.filter(([, key]) => !has(key))).toEqual([]);
  });
});
