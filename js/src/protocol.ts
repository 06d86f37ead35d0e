// Do not edit: generated from blockml/protocol/ by `npm run protocol`.

export type JsonValue = string | number | boolean | null | JsonValue[] | {[key: string]: JsonValue};

export interface Protocol {
  AnalysisState: AnalysisState;
  Answer: Answer;
  Augmented: Augmented;
  BlockEntry: BlockEntry;
  Brought: Brought;
  Catalogue: Catalogue;
  Code: Code;
  DataCheck: DataCheck;
  DataEntry: DataEntry;
  DataFacts: DataFacts;
  DataRef: DataRef;
  Diagnostic: Diagnostic;
  DraftState: DraftState;
  Edge: Edge;
  EpochRecord: EpochRecord;
  Experiment: Experiment;
  ExperimentState: ExperimentState;
  Files: Files;
  Finding: Finding;
  Fit: Fit;
  Fix: Fix;
  Found: Found;
  Graph: Graph;
  KeptGroup: KeptGroup;
  Node: Node;
  NodeState: NodeState;
  Note: Note;
  Opened: Opened;
  Page: Page;
  Param: Param;
  Part: Part;
  Patch: Patch;
  Picture: Picture;
  Piece: Piece;
  Plan: Plan;
  Port: Port;
  Prediction: Prediction;
  Preview: Preview;
  PreviewRow: PreviewRow;
  RateCurve: RateCurve;
  Recipe: Recipe;
  Request: Request;
  RunEntry: RunEntry;
  RunState: RunState;
  Runs: Runs;
  Sample: Sample;
  Samples: Samples;
  Saved: Saved;
  SavedGroup: SavedGroup;
  Section: Section;
  Source: Source;
  Sources: Sources;
  Span: Span;
  TaskState: TaskState;
  Template: Template;
  Text: Text;
  Unreadable: Unreadable;
}
/**
 * Analysis of one revision.
 *
 * Attributes:
 *     revision: The revision it belongs to.
 *     nodes: By path (`blockml.groups`). What stands in a group that is repeated is its first
 *         copy; the figures of the group itself are those of all copies.
 *     diagnostics: All problems, errors first.
 *     parameters: Of the whole network, as far as it is known.
 *     frozen: How many of them training does not change.
 *     flops: For one picture, forward.
 *     memory: Bytes that training needs: weights, their gradients, the optimizer's state and
 *         the activations of one batch.
 *     complete: Whether every shape is known, so that the totals are exact.
 *     seconds: Estimated for an epoch on this device, with what no node does; ``None`` where
 *         the device was not measured yet or the network is not complete.
 */
export interface AnalysisState {
  revision: number;
  nodes: {
    [k: string]: NodeState;
  };
  diagnostics: Diagnostic[];
  parameters: number;
  frozen: number;
  flops: number;
  memory: number;
  complete: boolean;
  seconds: number | null;
}
/**
 * What is known of one node.
 *
 * Attributes:
 *     shapes: Shape of each port without the batch; a port whose shape is not known is absent.
 *         A port that takes many edges has the shape of its first.
 *         The ports of a group are those that stand inside of it.
 *     parameters: Its weights, those that training does not change too.
 *     frozen: How many of them training does not change.
 *     flops: Floating-point operations for one picture, forward; a multiply-add counts 2.
 *     memory: Bytes of the output for one picture in fp32; of a group, of all that is inside.
 *     seconds: Estimated for an epoch on this device; 0 where that is not known.
 */
export interface NodeState {
  shapes: {
    [k: string]: number[];
  };
  parameters: number;
  frozen: number;
  flops: number;
  memory: number;
  seconds: number;
}
/**
 * One problem of a graph, a document or a request.
 *
 * Attributes:
 *     code: What kind of problem; key of the sentences in the locale files.
 *     severity: An ``error`` keeps the network from being built, a ``warning`` does not.
 *     node: Id of the node where it shows, if there is one.
 *     port: Port of that node, if the problem is one of a connection.
 *     param: Parameter of that node, or field of the document.
 *     values: Values that fill the sentences: what was received and what was expected.
 *     fixes: Repairs, the most likely first.
 */
export interface Diagnostic {
  code: string;
  severity: "error" | "warning";
  node: string | null;
  port: string | null;
  param: string | null;
  values: {
    [k: string]: JsonValue;
  };
  fixes: Fix[];
}
/**
 * One repair, checked before it is offered.
 *
 * Attributes:
 *     kind: Key of the label in the locale files, under ``fixes``.
 *     values: Values that fill the label.
 *     patch: The change that the repair makes.
 */
export interface Fix {
  kind: string;
  values: {
    [k: string]: JsonValue;
  };
  patch: Patch;
}
/**
 * A change of an experiment as data: what a fix does when it is applied.
 *
 * Nodes are named by their paths (see `blockml.groups`), so it can change the inside of a group.
 * It is applied in this order: remove edges, remove nodes (with the edges that touch
 * them), add or replace nodes, add edges, set recipe values and data.
 *
 * Attributes:
 *     nodes: Nodes to add, or to replace where the id exists.
 *     remove_nodes: Ids of nodes to remove.
 *     edges: Edges to add, at the end but for the case below.
 *     remove_edges: Edges to remove. Where an added edge has the target and the target
 *         port of a removed one it takes that one's place, so that the order of the
 *         inputs of a merge does not change.
 *     recipe: Recipe values to set, by name.
 *     data: Name of the data set to use instead.
 */
export interface Patch {
  nodes: Node[];
  remove_nodes: string[];
  edges: Edge[];
  remove_edges: Edge[];
  recipe: {
    [k: string]: JsonValue;
  };
  data: string | null;
}
/**
 * An instance of a block on the canvas.
 *
 * Attributes:
 *     id: Name of the node, unique in its graph; it becomes the attribute of the module.
 *     block: Name of the block in the catalogue, for example ``Conv2d``.
 *     params: Parameters that differ from the defaults of the block. They are checked by
 *         the analysis, not here, so that a document with a mistake can still be opened.
 *     frozen: Whether its weights stay as they are in training.
 *     bypassed: Whether data only passes through it: its first input goes to its first output.
 *     graph: What is inside, for a node of the block ``Group``. The ports of a group are its
 *         inner nodes of the blocks ``GroupInput`` and ``GroupOutput``; their ids are the names
 *         of the ports.
 *     repeat: How many copies of the group stand one after the other, with weights of their own.
 *     title: Name of the group for people; it names the class in the script.
 */
export interface Node {
  id: string;
  block: string;
  params: {
    [k: string]: JsonValue;
  };
  frozen: boolean;
  bypassed: boolean;
  graph: Graph | null;
  repeat: number;
  title: string;
}
/**
 * Nodes and edges. Pure data: it may be incomplete or wrong, the analysis says so.
 */
export interface Graph {
  nodes: Node[];
  edges: Edge[];
}
/**
 * A connection from an output port to an input port.
 *
 * Edges into the same port are ordered as they stand in the graph, which is the order
 * in which a merge such as ``Concatenate`` takes them.
 */
export interface Edge {
  source: string;
  source_port: string;
  target: string;
  target_port: string;
}
/**
 * The answer to a request: a payload, or the problem that kept it from one.
 */
export interface Answer {
  kind: "blockml-answer";
  id: string;
  ok: boolean;
  payload: {
    [k: string]: unknown;
  };
  problem: Diagnostic | null;
}
/**
 * The same pictures before and after the augmentation, as PNG data addresses, side by side.
 */
export interface Augmented {
  before: string;
  after: string;
  shown: number;
}
/**
 * One block of the catalogue as data.
 */
export interface BlockEntry {
  name: string;
  family: string;
  /**
   * Start of the ids of new nodes, for example conv.
   */
  stem: string;
  summary: Text;
  /**
   * Words that find it in the search.
   */
  keywords: string[];
  inputs: Port[];
  outputs: Port[];
  /**
   * Which moving picture shows what it does, if there is one.
   */
  picture: string;
  params: Param[];
  /**
   * What it takes, with its default settings.
   */
  fits: Fit[];
}
/**
 * A sentence in every language.
 */
export interface Text {
  en: string;
  ko: string;
}
/**
 * A named input or output; ``many`` inputs take two or more edges, in order.
 */
export interface Port {
  name: string;
  many: boolean;
}
/**
 * One parameter of a block or of the recipe, as a form needs it.
 *
 * Attributes:
 *     name: Name as in torch, for example ``kernel_size``.
 *     kind: ``integer``, ``number``, ``boolean``, ``choice`` (one of ``choices``) or
 *         ``size``: an integer, a list of integers whose length is in ``lengths``, or
 *         one of ``choices`` (such as ``same``).
 *     default: Value when nothing is set.
 *     minimum: Smallest allowed value, of each element of a size.
 *     maximum: Largest allowed value, likewise.
 *     exclusive: Whether the minimum itself is not allowed.
 *     choices: Allowed words.
 *     lengths: Allowed lengths of a list.
 *     suggestions: A few sensible values, for a short list.
 *     unit: Unit in words, for example ``pixels``.
 *     primary: Whether the card shows it also at its default.
 *     group: Group of the recipe it stands in, such as ``augmentation``; empty for a block.
 *     only: Where it counts: values of other parameters, by their name. Empty is everywhere.
 *     title: Plain word, for example ``window``.
 *     description: What it does, in one sentence.
 */
export interface Param {
  name: string;
  kind: "integer" | "number" | "boolean" | "choice" | "size";
  default: JsonValue;
  minimum: number | null;
  maximum: number | null;
  exclusive: boolean;
  choices: string[];
  lengths: number[];
  suggestions: JsonValue[];
  unit: Text | null;
  primary: boolean;
  group: string;
  only: {
    [k: string]: string[];
  };
  title: Text;
  description: Text;
}
/**
 * What a block takes as it comes from the palette, and what it makes of it.
 *
 * Attributes:
 *     takes: Axes of the shape that comes in: 3 for an image, 1 for a vector.
 *     gives: Axes of the shape that goes out.
 *     least: Smallest side, in pixels, of an image that it can take.
 */
export interface Fit {
  takes: number;
  gives: number;
  least: number;
}
/**
 * Where own pictures that the page sends lie, beside the notebook; empty until all have come.
 */
export interface Brought {
  path: string;
}
/**
 * Everything the canvas offers, as data.
 */
export interface Catalogue {
  /**
   * Families in the order of the palette.
   */
  families: string[];
  blocks: BlockEntry[];
  data: DataEntry[];
  recipe: Param[];
  templates: Template[];
  /**
   * Kept by the user, in the order of their names.
   */
  groups: SavedGroup[];
}
/**
 * One named data set, known without being loaded.
 */
export interface DataEntry {
  name: string;
  title: Text;
  summary: Text;
  /**
   * Channels, height, width.
   *
   * @minItems 3
   * @maxItems 3
   */
  shape: [number, number, number];
  classes: string[];
  train_size: number;
  test_size: number;
  /**
   * Whether they are strokes, so that a drawing is like them.
   */
  strokes: boolean;
}
/**
 * A starter experiment.
 *
 * Attributes:
 *     name: Its name.
 *     title: Its name for people.
 *     summary: What it is.
 *     experiment: The experiment, with its usual data.
 *     flops: Its operations for one picture, forward.
 *     reaches: Accuracy that it was measured to reach on its usual data, where it was.
 */
export interface Template {
  name: string;
  title: Text;
  summary: Text;
  experiment: Experiment;
  flops: number;
  reaches: number | null;
}
/**
 * All that makes a run repeatable, and where its nodes stand on the canvas.
 *
 * Attributes:
 *     blockml: Version of the file format.
 *     name: Name for people.
 *     data: What it learns from.
 *     graph: The network.
 *     recipe: How it is trained.
 *     layout: Position of each node in pixels, by its path. Not part of the model: moving a
 *         node does not change the content hash.
 *     notes: What people wrote beside the nodes; no more part of the model.
 */
export interface Experiment {
  blockml: 1;
  name: string;
  data: DataRef;
  graph: Graph;
  recipe: Recipe;
  layout: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: [number, number];
  };
  /**
   * @maxItems 500
   */
  notes: Note[];
}
/**
 * Which data an experiment learns from.
 *
 * Attributes:
 *     name: Name of a named data set, for example ``digits``, or of own pictures.
 *     path: Where own pictures came from: a folder of class folders, a zip of one, or a CSV
 *         file. ``None`` for a named data set and for data made in the notebook.
 *     facts: What was found in own pictures; ``None`` for a named data set. With it a graph
 *         can be checked on a machine that does not have the pictures.
 *     exclude: Training pictures that are left out, as indices into the training split.
 */
export interface DataRef {
  name: string;
  path: string | null;
  facts: DataFacts | null;
  /**
   * @maxItems 1000000
   */
  exclude: number[];
}
/**
 * Facts of a data set.
 *
 * Attributes:
 *     name: Name for people and in a document.
 *     shape: Channels (1 or 3), height and width of its pictures.
 *     classes: Names of the classes, in the order of the labels.
 *     train_size: Pictures to learn from.
 *     test_size: Pictures to test with.
 *     mean: Mean of each channel of the training pictures, scaled to 0..1.
 *     std: Standard deviation of each channel, likewise, 0.001 to 1.
 *     strokes: Whether the pictures are light strokes on black, as handwriting is; pictures
 *         of people are then brought to that form.
 *     digest: SHA-256 (hexadecimal) of pictures and labels of own data; empty for a named set.
 */
export interface DataFacts {
  name: string;
  /**
   * @minItems 3
   * @maxItems 3
   */
  shape: [number, number, number];
  /**
   * @minItems 1
   * @maxItems 1000
   */
  classes: [string, ...string[]];
  train_size: number;
  test_size: number;
  mean: number[];
  std: number[];
  strokes: boolean;
  digest: string;
}
/**
 * Settings of the training.
 *
 * Attributes:
 *     epochs: How often training sees every picture, 1 to 10,000.
 *     batch_size: Pictures per step, 1 to 65,536.
 *     optimizer: Rule that changes the weights (``torch.optim``); ``muon`` (Jordan 2024) for the
 *         filters and matrices inside the network, with AdamW for the rest.
 *     learning_rate: Size of the steps at their largest, above 0, at most 10.
 *     seed: Start of all random numbers; the same seed gives the same run.
 *     momentum: Share of the last step that is kept (SGD, RMSprop, Muon), 0 to 0.999.
 *     nesterov: Whether SGD looks ahead (Nesterov 1983).
 *     weight_decay: Pull of the weights towards zero, 0 to 1; not on biases and normalizations.
 *     schedule: How the learning rate changes: ``constant``, ``step`` (``StepLR``), ``cosine``
 *         (Loshchilov and Hutter 2016, arXiv:1608.03983), ``one_cycle`` (Smith 2018,
 *         arXiv:1708.07120).
 *     warmup: Share of the steps in which the rate rises, 0 to 0.9; ``one_cycle`` rises for 0.3
 *         where this is 0.
 *     step_size: Epochs between two falls of the ``step`` schedule.
 *     gamma: What the rate is multiplied with at a fall, above 0, at most 1.
 *     label_smoothing: Share of each label spread over all classes, 0 to 0.9 (arXiv:1512.00567).
 *     class_weights: ``balanced`` makes rare classes count as much as common ones.
 *     clip_norm: Largest length of the gradient; 0 does not clip.
 *     ema_decay: Weights that are tested and kept are a moving average with this decay; 0 is off.
 *     patience: Epochs without a better validation loss after which training ends; 0 is off.
 *     best_epoch: Whether the weights of the best epoch, by validation loss, are kept.
 *     validation: Share of the training pictures held back to judge epochs, 0.01 to 0.5; used
 *         only with ``patience`` or ``best_epoch``. The test pictures choose nothing.
 *     flip: Whether pictures are mirrored left to right, each with probability 1/2.
 *     shift: Most pixels by which a picture is moved in each direction.
 *     rotate: Most degrees by which it is turned either way.
 *     zoom: Largest share by which it is made larger or smaller, 0 to 0.9.
 *     cutout: Side in pixels of a square that is blanked (arXiv:1708.04552); 0 is off.
 *     color: Strength of changes of brightness, contrast and saturation, 0 to 1.
 *     rand_augment: Random changes applied in a row to each batch part (arXiv:1909.13719); 0 is off.
 *     mixup: Alpha of mixup (arXiv:1710.09412); 0 is off.
 *     cutmix: Alpha of CutMix (arXiv:1905.04899); 0 is off.
 *     examples: Training pictures that are used, spread over the classes; 0 uses all.
 *     precision: ``fp32``, ``bf16`` (autocast), or ``auto``: bf16 where a short measurement finds it faster.
 *     deterministic: Whether only repeatable operations are allowed, also where they are slower.
 */
export interface Recipe {
  /**
   * How many times training goes through all the pictures. Give it more while the test loss still falls.
   */
  epochs: number;
  /**
   * How many pictures the network looks at before it changes its weights once. Larger is faster on a GPU; smaller often learns better.
   */
  batch_size: number;
  /**
   * The rule that turns mistakes into weight changes. adam is a good start; sgd with momentum often ends a little better, with a larger learning rate; muon often needs fewer epochs, which take longer, at a learning rate near 0.01.
   */
  optimizer: "adam" | "adamw" | "sgd" | "rmsprop" | "muon";
  /**
   * How large each change is. Too large jumps about, too small crawls. Find one with the finder when in doubt.
   */
  learning_rate: number;
  /**
   * Start of all random numbers. The same seed gives the same result again; try a few to see how much is luck.
   */
  seed: number;
  /**
   * How much of the last change is carried on, like a rolling ball. 0.9 is nearly always right.
   */
  momentum: number;
  /**
   * Looks where the ball would roll before it corrects it. Helps sgd a little with a large learning rate.
   */
  nesterov: boolean;
  /**
   * Pulls the weights towards zero, so that the network learns rules rather than single pictures. Try 0.01 with adamw, 0.0005 with sgd, when training accuracy is far above test accuracy.
   */
  weight_decay: number;
  /**
   * Shortens changes that are longer than this. 0 does not. Use 1 when the loss suddenly jumps up.
   */
  clip_norm: number;
  /**
   * How the learning rate changes while training goes on. one_cycle or cosine nearly always end better than constant.
   */
  schedule: "constant" | "step" | "cosine" | "one_cycle";
  /**
   * Share of the training in which the learning rate rises from nearly zero. one_cycle takes 0.3 where this is 0. Use 0.1 when the first steps are wild.
   */
  warmup: number;
  /**
   * After so many epochs the learning rate falls. A third of all epochs is a good start.
   */
  step_size: number;
  /**
   * What the learning rate is multiplied with at each fall.
   */
  gamma: number;
  /**
   * Keeps the network from being too sure, by giving every class a little of each label. Try 0.1 with many epochs, or where some labels may be wrong.
   */
  label_smoothing: number;
  /**
   * balanced makes every class count the same. Use it when some classes have far fewer pictures.
   */
  class_weights: "none" | "balanced";
  /**
   * Tests and keeps a moving average of the weights, which is steadier than the last ones. 0 is off; 0.99 for short trainings, 0.999 for long ones.
   */
  ema_decay: number;
  /**
   * Keeps the weights of the epoch that was best on pictures held back, instead of the last ones.
   */
  best_epoch: boolean;
  /**
   * Ends the training when so many epochs in a row were no better on pictures held back. 0 is off.
   */
  patience: number;
  /**
   * Share of the training pictures that only judges the epochs. Used for stopping early and for keeping the best epoch.
   */
  validation: number;
  /**
   * Shows half of the pictures mirrored left to right. Good for photographs; wrong for digits and letters.
   */
  flip: boolean;
  /**
   * Moves each picture by up to so many pixels. 1 to 2 for small pictures, 4 for 32 by 32.
   */
  shift: number;
  /**
   * Turns each picture by up to so many degrees. 10 suits handwriting; more may turn a 6 into a 9.
   */
  rotate: number;
  /**
   * Makes each picture larger or smaller by up to this share. 0.1 is a good start.
   */
  zoom: number;
  /**
   * Hides a square of this side in each picture, so that the network does not rely on one detail. About a quarter of the side.
   */
  cutout: number;
  /**
   * Changes brightness, contrast and saturation by up to this share. 0.2 for photographs taken in different light.
   */
  color: number;
  /**
   * Applies so many random changes (turn, shear, shift, light, contrast, ...) in a row. Try 2 for photographs and many epochs.
   */
  rand_augment: number;
  /**
   * Blends pairs of pictures and their labels. 0 is off; 0.2 for many epochs.
   */
  mixup: number;
  /**
   * Pastes a piece of one picture into another and mixes their labels. 0 is off; 1 for photographs and many epochs.
   */
  cutmix: number;
  /**
   * Learns from only so many pictures, for a quick look. 0 takes all.
   */
  examples: number;
  /**
   * auto measures for a moment whether shorter numbers (bf16) are faster on this machine. fp32 is exact to the digit everywhere.
   */
  precision: "auto" | "fp32" | "bf16";
  /**
   * Allows only operations that give the same digits each time, also on a GPU, where that is slower. On the CPU every run is repeatable anyway.
   */
  deterministic: boolean;
}
/**
 * A note on the canvas, for people only.
 *
 * Attributes:
 *     id: Name of the note, unique among the notes of its scope.
 *     text: Plain text.
 *     x: Left edge, in pixels.
 *     y: Upper edge.
 *     width: Width in pixels.
 *     height: Height in pixels.
 *     color: Colour of the paper.
 *     scope: Path of the group it stands in; empty at the top.
 */
export interface Note {
  id: string;
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  color: "yellow" | "blue" | "green" | "red" | "gray";
  scope: string;
}
/**
 * A group that a person keeps in the palette.
 *
 * Attributes:
 *     name: Its name in the palette, and the one to forget it by.
 *     node: The group; its id is only a proposal.
 *     layout: Positions of what is inside, by path from inside of the group.
 */
export interface SavedGroup {
  name: string;
  node: Node;
  layout: {
    /**
     * @minItems 2
     * @maxItems 2
     */
    [k: string]: [number, number];
  };
}
/**
 * The generated script of a revision.
 */
export interface Code {
  revision: number;
  text: string;
  filename: string;
}
/**
 * What a check of the data found, the most important first.
 */
export interface DataCheck {
  findings: Finding[];
}
/**
 * One thing that a check of the data found.
 *
 * Attributes:
 *     code: What kind; key of the sentences under ``checks`` in the locale files.
 *     severity: ``good`` says that nothing was found.
 *     values: Values that fill the sentences.
 *     pictures: Examples as one PNG data address; empty where there are none.
 *     exclude: Training pictures that can be left out for it, as indices into the split.
 */
export interface Finding {
  code: string;
  severity: "good" | "note" | "warning";
  values: {
    [k: string]: JsonValue;
  };
  pictures: string;
  exclude: number[];
}
/**
 * What is kept of the drawing, so that it comes back.
 *
 * Attributes:
 *     key: Name of the place that the drawing is kept for; empty where nothing is kept.
 *     began: Fingerprint of what the cell gave.
 *     revision: The latest revision that is on the disk.
 *     state: ``opened``: the drawing of an earlier time is on the canvas. ``offered``: it can be opened.
 *     time: When that drawing was changed last, in seconds since 1970.
 *     notebook: Name of the notebook that the drawing comes from: another one, or this one where it was
 *         drawn elsewhere and the notebook carries it.
 *     problem: Why the drawing could not be written.
 */
export interface DraftState {
  key: string;
  began: string;
  revision: number;
  state: "" | "opened" | "offered";
  time: number;
  notebook: string;
  problem: Diagnostic | null;
}
/**
 * Figures of one finished epoch; accuracies between 0 and 1, loss is cross-entropy in nats.
 */
export interface EpochRecord {
  /**
   * From 1.
   */
  epoch: number;
  train_loss: number;
  train_accuracy: number;
  test_loss: number;
  test_accuracy: number;
  seconds: number;
  /**
   * At the end of the epoch.
   */
  learning_rate: number | null;
  /**
   * On the pictures held back, if there are any.
   */
  validation_loss: number | null;
  validation_accuracy: number | null;
}
/**
 * The document and its revision; each writer adds one to the highest it has seen.
 *
 * Several pages may show one canvas. The kernel brings their changes together: a page says who it is
 * and which state of the kernel its change began with, and the kernel says how much of each page is in it.
 *
 * Attributes:
 *     revision: Number of the document.
 *     document: The document.
 *     writer: The page that wrote it; empty from the kernel.
 *     base: Revision of the latest state of the kernel that the page had taken over.
 *     seen: Only from the kernel: the latest revision of each page that is in the document.
 *     merged: Only from the kernel: whether changes of two writers were brought together for it.
 */
export interface ExperimentState {
  revision: number;
  document: Experiment;
  writer: string;
  base: number;
  seen: {
    [k: string]: number;
  };
  merged: boolean;
}
/**
 * The ``.blockml`` files beside the notebook.
 */
export interface Files {
  paths: string[];
}
/**
 * Own pictures that were read; the canvas puts ``data`` into the document.
 */
export interface Found {
  data: DataRef;
  /**
   * The first hundred.
   */
  unreadable: Unreadable[];
  unreadable_count: number;
}
/**
 * A file that could not be read, and why: a sentence, and its key under ``unreadable``.
 */
export interface Unreadable {
  path: string;
  reason: string;
  code: string;
}
/**
 * The name under which a group was kept; ``catalogue.groups`` holds it from now on.
 */
export interface KeptGroup {
  name: string;
}
/**
 * A document that was read; the canvas applies it as one undoable change.
 */
export interface Opened {
  document: Experiment;
}
/**
 * The page about a block, in one language. Its parameters stand in its `BlockEntry`.
 */
export interface Page {
  block: string;
  family: string;
  language: string;
  sections: Section[];
}
/**
 * A part of a page, under its heading.
 */
export interface Section {
  name: "what" | "use" | "formula" | "example" | "shape" | "params" | "mistakes" | "links";
  title: string;
  pieces: Piece[];
}
/**
 * A paragraph, an item of a list, or lines set as they are.
 */
export interface Piece {
  kind: "paragraph" | "item" | "code";
  spans: Span[];
}
/**
 * Some words of a line; ``code`` that is the name of a block leads to its page.
 */
export interface Span {
  kind: "text" | "code" | "link";
  text: string;
  /**
   * Address of a link.
   */
  href: string;
}
/**
 * A part of the page that is loaded when it is needed: the text of a module.
 */
export interface Part {
  text: string;
}
/**
 * The network as a picture (SVG), as the notebook keeps it.
 */
export interface Picture {
  svg: string;
}
/**
 * How the engine computes on a device, chosen by measuring.
 *
 * Attributes:
 *     precision: ``fp32``, or ``bf16`` under autocast.
 *     channels_last: Whether pictures lie in memory pixel by pixel.
 *     mode: ``eager``; ``cuda-graph``, which spares the time between operations; or ``compiled``,
 *         where besides the network is compiled (``torch.compile``).
 *     stream: Whether the pictures stay in the memory of the machine and batches are sent.
 *     threads: ``all`` that torch uses on the CPU, or ``one`` for each step: a network that is so
 *         small that threads wait for each other more than they compute.
 */
export interface Plan {
  precision: "fp32" | "bf16";
  channels_last: boolean;
  mode: "eager" | "cuda-graph" | "compiled";
  stream: boolean;
  threads: "all" | "one";
}
/**
 * What the trained network says of one picture.
 *
 * Attributes:
 *     label: Most likely class.
 *     probabilities: Of every class, in the order of the classes; they add up to 1.
 *     classes: Names of the classes.
 *     picture: What the network was shown, as a PNG data address.
 */
export interface Prediction {
  label: string;
  probabilities: number[];
  classes: string[];
  picture: string;
}
/**
 * Examples of each class of the data on the canvas; ``classes`` counts those not shown too.
 */
export interface Preview {
  rows: PreviewRow[];
  classes: number;
}
/**
 * A few pictures of one class, side by side.
 *
 * Attributes:
 *     name: Name of the class.
 *     train: Training pictures of the class.
 *     test: Test pictures of the class.
 *     pictures: The pictures as one PNG data address.
 *     shown: How many pictures that holds.
 */
export interface PreviewRow {
  name: string;
  train: number;
  test: number;
  pictures: string;
  shown: number;
}
/**
 * What the learning-rate finder measured; ``suggestion`` is ``None`` where nothing was learned.
 */
export interface RateCurve {
  rates: number[];
  losses: number[];
  suggestion: number | null;
}
/**
 * A question of the canvas; it gets exactly one `Answer`.
 *
 * ============ ================================== ==============================
 * name         payload                            payload of the answer
 * ============ ================================== ==============================
 * ``train``    ``{}``                             ``{}``
 * ``pause``    ``{}``                             ``{}``
 * ``resume``   ``{}``                             ``{}``
 * ``stop``     ``{}``                             ``{}``
 * ``more``     ``{epochs}`` further ones          ``{}``
 * ``predict``  ``{}`` and one buffer: the file    `Prediction`
 * ``code``     ``{}``                             `Code`
 * ``save``     ``{}``                             `Saved`
 * ``files``    ``{}``                             `Files`
 * ``open``     ``{path}`` or ``{text}``           `Opened`
 * ``preview``  ``{}`` pictures of each class      `Preview`
 * ``check``    ``{}`` problems of the data        `DataCheck`
 * ``sources``  ``{}`` pictures beside the book    `Sources`
 * ``read``     ``{path}`` of own pictures         `Found`
 * ``augmented`` ``{}`` before and after           `Augmented`
 * ``rate``     ``{}`` find a learning rate        `RateCurve`
 * ``cancel``   ``{}`` end the task that is going  ``{}``
 * ``runs``     ``{}`` to compare with             `Runs`
 * ``part``     ``{name}`` of a part of the page   `Part`
 * ``draft``    ``{which}`` see below              `Opened`
 * ``picture``  ``{}``                             `Picture`
 * ``keep_group`` a `SavedGroup`                   `KeptGroup`
 * ``forget_group`` ``{name}``                     ``{}``
 * ``docs``     ``{block, language}``              `Page`
 * ``starter``  ``{name}`` for the data there      `Opened`
 * ``bring``    ``{name, start, last}``, a piece   `Brought`
 * ``samples``  ``{turn}`` pictures to try         `Samples`
 * ============ ================================== ==============================
 *
 * ``preview``, ``check``, ``read``, ``augmented`` and ``rate`` may take minutes; `TaskState`
 * says how far they are. ``draft`` is answered with what the cell gave (``cell``) or with the drawing
 * that is kept (``kept``), for the page to show it; ``none`` puts the offer away.
 */
export interface Request {
  kind: "blockml-request";
  id: string;
  name:
    | "train"
    | "pause"
    | "resume"
    | "stop"
    | "more"
    | "predict"
    | "code"
    | "save"
    | "files"
    | "open"
    | "preview"
    | "check"
    | "sources"
    | "read"
    | "augmented"
    | "rate"
    | "cancel"
    | "runs"
    | "part"
    | "keep_group"
    | "forget_group"
    | "docs"
    | "draft"
    | "picture"
    | "starter"
    | "bring"
    | "samples";
  payload: {
    [k: string]: JsonValue;
  };
}
/**
 * A run on this machine, to compare with.
 */
export interface RunEntry {
  folder: string;
  name: string;
  status:
    | "idle"
    | "queued"
    | "preparing"
    | "training"
    | "paused"
    | "stopping"
    | "stopped"
    | "interrupted"
    | "finished"
    | "failed";
  /**
   * Seconds since 1970.
   */
  modified: number;
  history: EpochRecord[];
}
/**
 * The truth about the run, whoever looks and whenever.
 *
 * Attributes:
 *     id: Name of the run; empty when there is none.
 *     status: ``interrupted`` is a run whose kernel died: it can be resumed. ``queued`` waits for
 *         the device, which others use.
 *     content_hash: Hash of the experiment that is trained; the canvas compares it with
 *         ``current_hash`` to say that the network was changed since.
 *     current_hash: Hash of the experiment on the canvas.
 *     epoch: Epochs finished.
 *     epochs: Epochs asked for.
 *     step: Steps done in this epoch.
 *     steps: Steps of an epoch.
 *     points: Live training curve: (epochs done as a fraction, loss, accuracy) of recent
 *         batches, at most a few hundred points for the whole run.
 *     history: One record an epoch.
 *     throughput: Training pictures a second.
 *     seconds_left: Estimated time to the end.
 *     device: Such as ``cpu`` or ``cuda``.
 *     test_accuracy: Final test accuracy, once finished or stopped after an epoch.
 *     folder: Folder of the run, as text to show.
 *     can_predict: Whether a trained module is at hand for test pictures.
 *     problem: Why it failed, or why it was paused.
 *     ahead: Runs that come before this one on its device; only while ``queued``.
 *     task: What ``preparing`` is doing.
 *     plan: How it computes.
 *     learning_rate: Of the latest step.
 *     best_epoch: The epoch whose weights are kept, where the best epoch is kept.
 */
export interface RunState {
  id: string;
  status:
    | "idle"
    | "queued"
    | "preparing"
    | "training"
    | "paused"
    | "stopping"
    | "stopped"
    | "interrupted"
    | "finished"
    | "failed";
  content_hash: string;
  current_hash: string;
  epoch: number;
  epochs: number;
  step: number;
  steps: number;
  points: [number, number, number][];
  history: EpochRecord[];
  throughput: number;
  seconds_left: number | null;
  device: string;
  test_accuracy: number | null;
  folder: string;
  can_predict: boolean;
  problem: Diagnostic | null;
  ahead: number | null;
  task: TaskState;
  plan: Plan | null;
  learning_rate: number | null;
  best_epoch: number | null;
}
/**
 * Work that takes time, as the page shows it.
 *
 * Attributes:
 *     name: ``download``, ``read``, ``check``, ``measure`` or ``rate``; empty when there is none.
 *     subject: What it works on, such as the name of a data set.
 *     done: How much is done.
 *     total: How much there is; 0 where that is not known.
 *     unit: ``bytes``, ``pictures`` or ``steps``.
 */
export interface TaskState {
  name: "" | "download" | "read" | "check" | "measure" | "rate";
  subject: string;
  done: number;
  total: number;
  unit: "bytes" | "pictures" | "steps";
}
/**
 * Runs on this machine, the latest first.
 */
export interface Runs {
  items: RunEntry[];
}
/**
 * A test picture, as a PNG data address, and what it shows.
 */
export interface Sample {
  label: string;
  picture: string;
}
/**
 * Test pictures to try a network on, one of each class.
 */
export interface Samples {
  items: Sample[];
}
/**
 * Where the document was written: its path and its text (for a download).
 */
export interface Saved {
  path: string;
  text: string;
}
/**
 * Something beside the notebook that pictures can be read from.
 */
export interface Source {
  path: string;
  kind: "folder" | "zip" | "csv";
}
/**
 * What pictures can be read from.
 */
export interface Sources {
  items: Source[];
}
