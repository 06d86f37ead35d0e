/** Small documents, a small catalogue, and a kernel that only remembers: what the tests share. */

import { namedData, newNode } from "../src/document";
import type { AnswerOf, Kernel, RequestName, Traits } from "../src/model";
import type {
  AnalysisState,
  BlockEntry,
  Catalogue,
  Edge,
  EpochRecord,
  Experiment,
  JsonValue,
  Node,
  Param,
  Recipe,
  RunState,
  TaskState,
} from "../src/protocol";

const TEXT = { en: "", ko: "" };

export function param(name: string, more: Partial<Param> = {}): Param {
  return {
    name,
    kind: "integer",
    default: 3,
    minimum: 1,
    maximum: 1024,
    exclusive: false,
    choices: [],
    lengths: [],
    suggestions: [],
    unit: null,
    primary: true,
    group: "",
    only: {},
    title: { en: name.replace("_", " "), ko: `${name} ko` },
    description: { en: `About ${name}.`, ko: "" },
    ...more,
  };
}

export const SIZE = param("kernel_size", {
  kind: "size",
  choices: ["same"],
  lengths: [2],
  suggestions: [1, 3, 5],
});

export function block(name: string, more: Partial<BlockEntry> = {}): BlockEntry {
  return {
    name,
    family: "convolution",
    stem: name.toLowerCase().slice(0, 4),
    summary: TEXT,
    keywords: [],
    inputs: [{ name: "x", many: false }],
    outputs: [{ name: "y", many: false }],
    picture: "",
    params: [],
    fits: [],
    ...more,
  };
}

export const BLOCKS = {
  Input: block("Input", { stem: "input", family: "data", inputs: [] }),
  Output: block("Output", { stem: "output", family: "data", outputs: [] }),
  Conv2d: block("Conv2d", { params: [param("out_channels", { default: 32 }), SIZE] }),
  ReLU: block("ReLU", { stem: "relu", family: "activation" }),
  Add: block("Add", { stem: "add", family: "join", inputs: [{ name: "x", many: true }] }),
  Group: block("Group", { stem: "group", family: "group", inputs: [], outputs: [] }),
  GroupInput: block("GroupInput", { stem: "in", family: "group", inputs: [] }),
  GroupOutput: block("GroupOutput", { stem: "out", family: "group", outputs: [] }),
};

export const CATALOGUE: Catalogue = {
  families: ["convolution", "activation", "join", "data", "group"],
  blocks: Object.values(BLOCKS),
  data: [
    {
      name: "digits",
      title: { en: "Digits", ko: "숫자" },
      summary: TEXT,
      shape: [1, 8, 8],
      classes: ["0", "1"],
      train_size: 1437,
      test_size: 360,
      strokes: true,
    },
  ],
  recipe: [param("epochs", { default: 12, minimum: 1, maximum: 10_000 })],
  templates: [],
  groups: [],
};

/** A node from `a` or `a:Linear`. */
export function node(text: string): Node {
  const [id = "", name = "Conv2d"] = text.split(":");
  return newNode(id, name);
}

/** An edge from `a>b` or `a>b.port`. */
export function edge(text: string): Edge {
  const [source = "", rest = ""] = text.split(">");
  const [target = "", port = "x"] = rest.split(".");
  return { source, source_port: "y", target, target_port: port };
}

export const RECIPE: Recipe = {
  epochs: 12,
  batch_size: 32,
  optimizer: "adam",
  learning_rate: 0.001,
  seed: 0,
  momentum: 0.9,
  nesterov: false,
  weight_decay: 0,
  clip_norm: 0,
  schedule: "constant",
  warmup: 0,
  step_size: 10,
  gamma: 0.1,
  label_smoothing: 0,
  class_weights: "none",
  ema_decay: 0,
  best_epoch: false,
  patience: 0,
  validation: 0.1,
  flip: false,
  shift: 0,
  rotate: 0,
  zoom: 0,
  cutout: 0,
  color: 0,
  rand_augment: 0,
  mixup: 0,
  cutmix: 0,
  examples: 0,
  precision: "auto",
  deterministic: false,
};

export function experiment(nodes: string[] = [], edges: string[] = []): Experiment {
  return {
    blockml: 1,
    name: "test",
    data: namedData("digits"),
    graph: { nodes: nodes.map(node), edges: edges.map(edge) },
    recipe: RECIPE,
    layout: {},
    notes: [],
  };
}

export const NO_TASK: TaskState = { name: "", subject: "", done: 0, total: 0, unit: "steps" };

export const IDLE: RunState = {
  id: "",
  status: "idle",
  content_hash: "",
  current_hash: "",
  epoch: 0,
  epochs: 0,
  step: 0,
  steps: 0,
  points: [],
  history: [],
  throughput: 0,
  seconds_left: null,
  device: "",
  test_accuracy: null,
  folder: "",
  can_predict: false,
  problem: null,
  ahead: null,
  task: NO_TASK,
  plan: null,
  learning_rate: null,
  best_epoch: null,
};

/** The figures of an epoch. */
export function record(epoch: number, more: Partial<EpochRecord> = {}): EpochRecord {
  return {
    epoch,
    train_loss: 1,
    train_accuracy: 0.7,
    test_loss: 1.1,
    test_accuracy: 0.6543,
    seconds: 1,
    learning_rate: 0.001,
    validation_loss: null,
    validation_accuracy: null,
    ...more,
  };
}

export function analysis(revision: number, more: Partial<AnalysisState> = {}): AnalysisState {
  return {
    revision,
    nodes: {},
    diagnostics: [],
    parameters: 0,
    frozen: 0,
    flops: 0,
    memory: 0,
    complete: true,
    seconds: null,
    ...more,
  };
}

/** What was asked of the kernel. */
export interface Asked {
  name: RequestName;
  payload: Record<string, JsonValue>;
  buffers: ArrayBuffer[];
  resolve: (answer: object) => void;
  reject: (problem: unknown) => void;
}

/** A kernel without a kernel: traits that tests set, requests that tests answer. */
export class FakeKernel implements Kernel {
  traits: Traits;
  asked: Asked[] = [];
  private watchers: [keyof Traits, () => void][] = [];

  constructor(document: Experiment = experiment(["input1:Input", "conv1", "output1:Output"]), run = IDLE) {
    const layout = Object.fromEntries(document.graph.nodes.map((each, at) => [each.id, [0, 120 * at]]));
    this.traits = {
      catalogue: CATALOGUE,
      experiment: { revision: 1, document: { ...document, layout: layout as Experiment["layout"] } },
      analysis: analysis(1),
      run,
      task: NO_TASK,
      draft: { key: "", began: "", revision: 0, state: "", time: 0, notebook: "", problem: null },
      language: "en",
      page_language: "en",
    };
  }

  get<K extends keyof Traits>(name: K): Traits[K] {
    return this.traits[name];
  }

  set<K extends keyof Traits>(name: K, value: Traits[K]): void {
    this.traits[name] = value;
    for (const [watched, changed] of this.watchers) if (watched === name) changed();
  }

  watch(name: keyof Traits, changed: () => void): void {
    this.watchers.push([name, changed]);
  }

  ask<N extends RequestName>(
    name: N,
    payload: Record<string, JsonValue> = {},
    buffers: ArrayBuffer[] = [],
  ): Promise<AnswerOf<N>> {
    return new Promise((resolve, reject) => {
      this.asked.push({ name, payload, buffers, resolve: resolve as Asked["resolve"], reject });
    });
  }

  close(): void {
    this.watchers = [];
  }
}
