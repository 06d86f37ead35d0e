/** The drawing in the browser, until the kernel has it on the disk: for when the kernel is away or dies. */

import type { Experiment } from "../protocol";

/** A drawing that the browser keeps. */
export interface Stashed {
  revision: number;
  /** In milliseconds since 1970. */
  time: number;
  /** Fingerprint of what the cell had given. */
  began: string;
  document: Experiment;
}

/** A stashed drawing and the name it has in the storage. */
export interface Found extends Stashed {
  name: string;
}

const PREFIX = "blockml:drawing:";

/** Longest drawing, in characters, that is kept: a page has 5 MB for everything. */
const LONGEST = 1_500_000;

/** Most drawings of all canvases. */
const MOST = 12;

/** Two pages may show one canvas, and each keeps its own. */
const PAGE = Math.random().toString(36).slice(2, 8);

/** Keep a drawing; `false` where the browser has no room or lets nobody keep anything. */
export function stash(key: string, drawing: Stashed): boolean {
  try {
    const text = JSON.stringify(drawing);
    if (text.length > LONGEST) return false;
    const name = `${PREFIX}${key}:${PAGE}`;
    const others = names().filter((each) => each !== name);
    if (others.length >= MOST) {
      const oldest = others.map((each) => [load(each)?.time ?? 0, each] as const).sort((a, b) => a[0] - b[0]);
      for (const [, each] of oldest.slice(0, others.length - MOST + 1)) localStorage.removeItem(each);
    }
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** Forget what this page keeps of a canvas. */
export function unstash(key: string): void {
  forget(`${PREFIX}${key}:${PAGE}`);
}

/** Forget one drawing. */
export function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Without a storage there is nothing to forget.
  }
}

/** The drawings of a canvas that the browser keeps, the newest first. */
export function stashed(key: string): Found[] {
  try {
    return names()
      .filter((name) => name.startsWith(`${PREFIX}${key}:`))
      .flatMap((name) => {
        const drawing = load(name);
        return drawing ? [{ ...drawing, name }] : [];
      })
      .sort((one, other) => other.revision - one.revision || other.time - one.time);
  } catch {
    return [];
  }
}

function names(): string[] {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
}

function load(name: string): Stashed | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(name) ?? "");
    return isStashed(found) ? found : null;
  } catch {
    return null;
  }
}

/** Every page of this address may write here, so nothing is believed that would break the canvas. */
function isStashed(found: unknown): found is Stashed {
  if (!isRecord(found) || !isDrawing(found.document)) return false;
  return Number.isSafeInteger(found.revision) && isNumber(found.time) && typeof found.began === "string";
}

function isDrawing(found: unknown): boolean {
  if (!isRecord(found) || typeof found.name !== "string") return false;
  if (!isRecord(found.data) || typeof found.data.name !== "string" || !Array.isArray(found.data.exclude))
    return false;
  if (!isRecord(found.recipe) || !isLayout(found.layout)) return false;
  return isList(found.notes, isNote) && isGraph(found.graph, 0);
}

function isNote(found: Record<string, unknown>): boolean {
  return (
    ["id", "text", "color", "scope"].every((name) => typeof found[name] === "string") &&
    ["x", "y", "width", "height"].every((name) => isNumber(found[name]))
  );
}

function isGraph(found: unknown, depth: number): boolean {
  return (
    isRecord(found) &&
    depth < 20 &&
    isList(
      found.nodes,
      (node) =>
        ["id", "block", "title"].every((name) => typeof node[name] === "string") &&
        isRecord(node.params) &&
        isNumber(node.repeat) &&
        (node.graph === null || isGraph(node.graph, depth + 1)),
    ) &&
    isList(found.edges, (edge) =>
      ["source", "source_port", "target", "target_port"].every((name) => typeof edge[name] === "string"),
    )
  );
}

function isLayout(found: unknown): boolean {
  return (
    isRecord(found) &&
    Object.values(found).every((at) => Array.isArray(at) && at.length === 2 && at.every(isNumber))
  );
}

function isList(found: unknown, holds: (item: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(found) && found.every((item) => isRecord(item) && holds(item));
}

function isRecord(found: unknown): found is Record<string, unknown> {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

function isNumber(found: unknown): boolean {
  return typeof found === "number" && Number.isFinite(found);
}
