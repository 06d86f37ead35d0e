/**
 * Python in colours, as data: the text itself never becomes HTML.
 *
 * The scripts are our own and small; a table of five kinds of words reads them. A library would
 * add a tenth to the bundle that every saved notebook carries.
 */

/** A piece of a line, and what it is; the kind is empty where it is nothing special. */
export interface Piece {
  text: string;
  kind: "" | Kind;
}

type Kind = "comment" | "string" | "number" | "keyword" | "name";

const KEYWORDS =
  "False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from" +
  "|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield";

/** Tried from left to right at every place, so that a keyword inside a string stays a string. */
const WORDS = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<string>(?:\b[bfru]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'{3}[\s\S]*?(?:'{3}|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<=\b(?:def|class)\s+)(?<name>\w+)/,
    /(?<!\w)(?<number>\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?)/,
  ]
    .map((part) => part.source)
    .concat(`\\b(?<keyword>${KEYWORDS})\\b`)
    .join("|"),
  "g",
);

/** Split a script into lines of coloured pieces; joined again they are the script. */
export function highlight(script: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const add = (text: string, kind: Piece["kind"]): void => {
    text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push([]);
      if (part !== "") lines.at(-1)?.push({ text: part, kind });
    });
  };
  let at = 0;
  for (const found of script.matchAll(WORDS)) {
    add(script.slice(at, found.index), "");
    add(found[0], kindOf(found));
    at = found.index + found[0].length;
  }
  add(script.slice(at), "");
  return lines;
}

function kindOf(found: RegExpMatchArray): Piece["kind"] {
  const named = Object.entries(found.groups ?? {}).find(([, text]) => text !== undefined);
  return (named?.[0] ?? "") as Piece["kind"];
}
