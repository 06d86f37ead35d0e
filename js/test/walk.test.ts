import { describe, expect, test } from "vitest";
import { ALIGNMENTS, align } from "../src/align";
import { aim, MOVED, NEW, type Scene } from "../src/canvas/aim";
import type { Wish } from "../src/canvas/desk";
import { addAtEnd, closesCircle, dropAt, entryOf, join, putDown } from "../src/canvas/gestures";
import { carried } from "../src/canvas/useDrop";
import { clipText } from "../src/clip";
import * as edits from "../src/document";
import { switchFlag } from "../src/flags";
import { makeGroup, unpack } from "../src/group";
import { addNote, NOTE_COLORS, removeNotes, setNote } from "../src/notes";
import { paste, readClip } from "../src/parts/clip";
import { tidy } from "../src/parts/layout";
import { applyPatch } from "../src/patch";
import { GAP, WIDTH } from "../src/place";
import { addPort, PORT_BLOCKS, setRepeat, setTitle } from "../src/ports";
import type { Edge, Experiment, Patch } from "../src/protocol";
import { createCanvasStore, type Store } from "../src/store";
import { grant } from "../src/wish";
import { BLOCKS, CATALOGUE, experiment, FakeKernel, SIZE } from "./samples";

const STEPS = 2000;

/** Nodes in view from which on the walk throws some away, so that documents stay small. */
const ENOUGH = 16;

type Random = (below: number) => number;

/** Pseudo-random numbers that are the same on every machine. */
function random(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * below);
  };
}

const ENTRIES = CATALOGUE.blocks;

function one<T>(items: readonly T[], next: Random): T | undefined {
  return items[next(items.length)];
}

function some(items: readonly string[], next: Random): string[] {
  return items.filter(() => next(4) === 0);
}

type Gesture = (store: Store, next: Random) => void;

/** What is on the canvas, as the gestures need it. */
function scene(store: Store): Scene {
  const { heights, view } = store.getState();
  return { document: view, entries: ENTRIES, heights, steps: [] };
}

function change(store: Store, edit: (view: Experiment) => Experiment, merge?: string): void {
  store.getState().edit(edit, merge);
}

const KERNELS = new WeakMap<Store, FakeKernel>();

const NOTHING: Patch = { nodes: [], edges: [], remove_nodes: [], remove_edges: [], recipe: {}, data: null };

/** The two connections that lead through a node what one led past it. */
function through(edge: Edge, id: string): Edge[] {
  return [
    { ...edge, target: id, target_port: "x" },
    { ...edge, source: id, source_port: "y" },
  ];
}

/** Every gesture that changes a document; those with several kinds choose one. */
const GESTURES: Readonly<Record<string, Gesture>> = {
  click: (store, next) => {
    const { heights, selection } = store.getState();
    const entry = one(ENTRIES, next);
    if (entry) change(store, (view) => addAtEnd(view, ENTRIES, entry, selection.at(-1), heights).document);
  },
  drop: (store, next) => {
    const entry = one(ENTRIES, next);
    if (!entry) return;
    const card = carried(entry, [next(600), next(900)]);
    const goal = aim(scene(store), card, NEW);
    const { heights } = store.getState();
    change(store, (view) => dropAt(view, ENTRIES, entry, goal.at, goal, heights).document);
  },
  drag: (store, next) => {
    const { heights, view } = store.getState();
    const node = one(view.graph.nodes, next);
    const entry = entryOf(ENTRIES, node);
    if (!node || !entry) return;
    const card = { id: node.id, entry, x: next(600), y: next(900), height: heights.get(node.id) ?? 70 };
    const goal = aim(scene(store), card, MOVED);
    change(store, (each) => putDown(each, ENTRIES, node.id, goal.at, goal, heights));
  },
  shift: (store, next) => {
    const node = one(store.getState().view.graph.nodes, next);
    if (node)
      change(store, (view) => edits.place(view, { [node.id]: [next(600), next(900)] }), `shift.${node.id}`);
  },
  connect: (store, next) => {
    const { view } = store.getState();
    const [source, target] = [one(view.graph.nodes, next), one(view.graph.nodes, next)];
    if (!source || !target || closesCircle(view, source.id, target.id)) return;
    change(store, (each) => join(each, ENTRIES, source.id, target.id));
  },
  disconnect: (store, next) => {
    const edge = one(store.getState().view.graph.edges, next);
    if (edge) change(store, (view) => edits.disconnect(view, [edge]));
  },
  param: (store, next) => {
    const node = one(store.getState().view.graph.nodes, next);
    if (!node) return;
    const value = [next(64) + 1, [next(7) + 1, next(7) + 1], "same"][next(3)] ?? 3;
    change(
      store,
      (view) => edits.setParam(view, node.id, SIZE.name, value, BLOCKS.Conv2d.params),
      `param.${node.id}.${SIZE.name}`,
    );
  },
  wish: (store, next) => {
    const { graph } = store.getState().view;
    const [node, entry] = [one(graph.nodes, next), one(ENTRIES, next)];
    if (!node || !entry) return;
    const end = next(2) === 0 ? "source" : "target";
    const wishes: Wish[] = [
      {},
      { position: [next(600), next(900)] },
      { beside: { node: node.id, side: next(2) === 0 ? "above" : "below" } },
      { position: [next(600), next(900)], loose: { end, node: node.id, port: end === "source" ? "y" : "x" } },
    ];
    grant(store, wishes[next(wishes.length)] ?? {}, entry, [], null);
  },
  paste: (store, next) => {
    const { heights, scope, view } = store.getState();
    const ids = some(
      view.graph.nodes.map((node) => node.id),
      next,
    );
    const notes = view.notes.map((note) => note.id);
    const clip = readClip(clipText(view, ids, some(notes, next)));
    if (typeof clip === "string") return;
    const at: edits.Position | null = next(2) === 0 ? null : [next(600), next(900)];
    change(
      store,
      (each) => paste(each, clip, ENTRIES, heights, at, next(2) === 0, scope.length > 0).document,
    );
  },
  duplicate: (store, next) => {
    const ids = store.getState().view.graph.nodes.map((node) => node.id);
    change(store, (view) => edits.duplicateNodes(view, some(ids, next)).document);
  },
  remove: (store, next) => {
    const { nodes } = store.getState().view.graph;
    const ids =
      nodes.length > ENOUGH
        ? some(
            nodes.map((node) => node.id),
            next,
          )
        : [one(nodes, next)?.id ?? ""];
    change(store, (view) => edits.removeNodes(view, ids));
  },
  flag: (store, next) => {
    const ids = store.getState().view.graph.nodes.map((node) => node.id);
    change(store, (view) => switchFlag(view, some(ids, next), next(2) === 0 ? "bypassed" : "frozen"));
  },
  name: (store, next) => {
    const node = one(store.getState().view.graph.nodes, next);
    if (node) change(store, (view) => edits.renameNode(view, node.id, `${node.id}x`.slice(-12)));
  },
  note: (store, next) => {
    const note = one(store.getState().view.notes, next);
    if (!note || next(3) === 0) return change(store, (view) => addNote(view, [next(600), next(900)]));
    const text = `${note.text}${next(10)}`.slice(-20);
    if (next(2) === 0) return change(store, (view) => setNote(view, note.id, { text }), `note.${note.id}`);
    if (next(3) === 0) return change(store, (view) => removeNotes(view, [note.id]));
    const color = NOTE_COLORS[next(NOTE_COLORS.length)] ?? "gray";
    change(store, (view) => setNote(view, note.id, { color, x: next(600), width: 60 + next(300) }));
  },
  tidy: (store, next) => {
    const { heights, view } = store.getState();
    const ids = some(
      view.graph.nodes.map((node) => node.id),
      next,
    );
    const places = tidy(view, ids.length > 1 ? ids : null, { width: WIDTH, gap: GAP, heights });
    change(store, (each) => edits.place(each, places));
  },
  align: (store, next) => {
    const { heights, view } = store.getState();
    const ids = some(
      view.graph.nodes.map((node) => node.id),
      next,
    );
    change(store, (each) => align(each, ids, ALIGNMENTS[next(ALIGNMENTS.length)] ?? "left", heights));
  },
  recipe: (store, next) =>
    change(
      store,
      (view) => edits.setRecipe(view, "seed", next(1000)),
      next(2) === 0 ? "recipe.seed" : undefined,
    ),
  title: (store, next) => change(store, (view) => edits.rename(view, `network ${next(100)}`)),
  data: (store, next) =>
    change(store, (view) => edits.setData(view, edits.namedData(next(2) === 0 ? "digits" : "mnist"))),
  exclude: (store, next) =>
    change(store, (view) => (next(4) === 0 ? edits.takeBack(view) : edits.leaveOut(view, [next(300)]))),
  fix: (store, next) => {
    const { document, editWhole, view } = store.getState();
    const [node, edge] = [one(view.graph.nodes, next), one(view.graph.edges, next)];
    if (!node || !edge || view !== document) return;
    const made = { ...node, id: `fixed${next(50)}`, block: "ReLU", params: {}, graph: null };
    const patches: Partial<Patch>[] = [
      { nodes: [{ ...node, params: { [SIZE.name]: next(9) + 1 } }] },
      { nodes: [made], remove_edges: [edge], edges: through(edge, made.id) },
      { remove_nodes: [node.id] },
      { recipe: { batch_size: next(64) + 2 } },
      { data: next(2) === 0 ? "digits" : "mnist" },
    ];
    const patch = { ...NOTHING, ...patches[next(patches.length)] };
    editWhole((whole) => applyPatch(whole, patch));
  },
  port: (store, next) => {
    const { scope, view } = store.getState();
    if (scope.length === 0) return;
    if (next(2) === 0) return change(store, (each) => addPort(each, next(2) === 0 ? "inputs" : "outputs"));
    const port = one(
      view.graph.nodes.filter((node) => Object.values(PORT_BLOCKS).includes(node.block)),
      next,
    );
    if (port) change(store, (each) => edits.renameNode(each, port.id, `${port.id}p`.slice(-10)));
  },
  elsewhere: (store, next) => {
    const kernel = KERNELS.get(store);
    if (!kernel) return;
    const { document, revision } = store.getState();
    const { writer } = kernel.traits.experiment;
    const other = structuredClone(edits.rename(document, `cell ${next(1000)}`));
    kernel.set("experiment", {
      revision: revision + 1,
      document: other,
      seen: { [writer ?? ""]: revision },
    });
  },
  open: (store, next) => {
    if (next(20) === 0) store.getState().editWhole(() => experiment(["a", "b:ReLU"], ["a>b"]));
  },
  group: (store, next) => {
    const { heights, view } = store.getState();
    const group = view.graph.nodes.find((node) => node.graph !== null);
    if (group && next(3) > 0) {
      if (next(2) === 0) return change(store, (each) => setRepeat(each, group.id, next(4) + 1));
      if (next(2) === 0) return change(store, (each) => setTitle(each, group.id, `Stage${next(9)}`));
      return change(store, (each) => unpack(each, group.id, heights, heights).document);
    }
    const ids = some(
      view.graph.nodes.map((node) => node.id),
      next,
    );
    change(store, (each) => makeGroup(each, ids, ENTRIES, heights)?.document ?? each);
  },
  scope: (store, next) => {
    const { enter, leave, scope, view } = store.getState();
    const group = view.graph.nodes.find((node) => node.graph !== null);
    if (group && scope.length < 2 && next(2) === 0) enter(group.id);
    else leave();
  },
};

describe("a random walk", () => {
  test.each([1, 2, 3])(
    `${STEPS} gestures, back to the start and forward again (walk %i)`,
    (seed) => {
      const next = random(seed);
      const first = experiment(["input1:Input", "output1:Output"], ["input1>output1"]);
      const kernel = new FakeKernel(first);
      const store = createCanvasStore(kernel);
      KERNELS.set(store, kernel);
      const now = (): string => JSON.stringify(store.getState().document);
      const seen = [now()];
      const names = Object.keys(GESTURES);
      const used = new Set<string>();
      let last = store.getState().document;
      for (let count = 0; seen.length <= STEPS && count < 10 * STEPS; count += 1) {
        const { nodes } = store.getState().view.graph;
        const name = nodes.length > 2 * ENOUGH ? "remove" : (one(names, next) ?? "click");
        GESTURES[name]?.(store, next);
        const { document } = store.getState();
        if (document === last) continue;
        last = document;
        used.add(name);
        // Two changes that join, such as letters of a word, are one step.
        seen.push(now());
      }
      // A scope is looked at, not changed.
      expect([...used].sort()).toEqual(names.filter((name) => name !== "scope").sort());
      const steps = replayed(store, seen);
      expect(steps).toBeGreaterThan(STEPS * 0.8);
    },
    120_000,
  );
});

/** Undo everything, then redo everything: each state must be one that was there, in order. */
function replayed(store: Store, seen: readonly string[]): number {
  const now = (): string => JSON.stringify(store.getState().document);
  const back = [now()];
  while (store.getState().canUndo) {
    store.getState().undo();
    back.push(now());
  }
  expect(back.at(-1) === seen[0], "the start is what it was, to the byte").toBe(true);
  let at = seen.length;
  for (const state of back) {
    at = seen.lastIndexOf(state, at);
    expect(at, "a state that was never there, or not in this order").toBeGreaterThanOrEqual(0);
  }
  const forth = [now()];
  while (store.getState().canRedo) {
    store.getState().redo();
    forth.push(now());
  }
  expect(forth.length).toBe(back.length);
  expect(forth.every((state, index) => state === back[back.length - 1 - index])).toBe(true);
  expect(forth.at(-1) === seen.at(-1), "the end is what it was, to the byte").toBe(true);
  return forth.length - 1;
}
