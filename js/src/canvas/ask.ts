/** Questions that a key or a button of the outline asks; the part `ask` draws them. */

import type { Diagnostic } from "../protocol";

export type Ask =
  /** With what to connect a node, or from what to take it off. */
  | { kind: "connect"; node: string }
  /** Which block goes before or behind a node. */
  | { kind: "insert"; node: string; side: "above" | "below" }
  /** What to do about a problem. */
  | { kind: "problem"; problem: Diagnostic };
