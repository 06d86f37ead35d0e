// Do not edit: generated from blockml/protocol.py by `npm run protocol`.

export type JsonValue = string | number | boolean | null | JsonValue[] | {[key: string]: JsonValue};

export interface Protocol {
  AnalysisState: AnalysisState;
  Answer: Answer;
  BlockEntry: BlockEntry;
  Catalogue: Catalogue;
  Code: Code;
  DataEntry: DataEntry;
  DataRef: DataRef;
  Diagnostic: Diagnostic;
  Edge: Edge;
  EpochRecord: EpochRecord;
  Experiment: Experiment;
  ExperimentState: ExperimentState;
  Files: Files;
  Fix: Fix;
  Graph: Graph;
  Node: Node;
  NodeState: NodeState;
  Opened: Opened;
  Param: Param;
  Patch: Patch;
  Port: Port;
  Prediction: Prediction;
  Recipe: Recipe;
  Request: Request;
  RunState: RunState;
  Saved: Saved;
  Template: Template;
  Text: Text;
}
/**
 * Analysis of one revision.
 *
 * Attributes:
 *     revision: The revision it belongs to.
 *     nodes: By node id.
 *     diagnostics: All problems, errors first.
 *     parameters: Of the whole network, as far as it is known.
 *     flops: For one picture, forward.
 *     memory: Bytes that training needs: weights, their gradients, the optimizer's state and
 *         the activations of one batch.
 *     complete: Whether every shape is known, so that the totals are exact.
 */
export interface AnalysisState {
  revision: number;
  nodes: {
    [k: string]: NodeState;
  };
  diagnostics: Diagnostic[];
  parameters: number;
  flops: number;
  memory: number;
  complete: boolean;
}
/**
 * What is known of one node.
 *
 * Attributes:
 *     shapes: Shape of each port without the batch; a port whose shape is not known is absent.
 *         A port that takes many edges has the shape of its first.
 *     parameters: Numbers that training changes.
 *     flops: Floating-point operations for one picture, forward; a multiply-add counts 2.
 *     memory: Bytes of the output for one picture in fp32.
 */
export interface NodeState {
  shapes: {
    [k: string]: number[];
  };
  parameters: number;
  flops: number;
  memory: number;
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
 */
export interface Node {
  id: string;
  block: string;
  params: {
    [k: string]: JsonValue;
  };
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
  params: Param[];
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
  title: Text;
  description: Text;
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
}
/**
 * A starter experiment.
 */
export interface Template {
  name: string;
  title: Text;
  summary: Text;
  experiment: Experiment;
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
 *     layout: Position of each node in pixels, by id. Not part of the model: moving a
 *         node does not change the content hash.
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
}
/**
 * Which data the experiment learns from.
 *
 * Attributes:
 *     name: Name of a data set, for example ``digits``.
 */
export interface DataRef {
  name: string;
}
/**
 * Nodes and edges. Pure data: it may be incomplete or wrong, the analysis says so.
 */
export interface Graph {
  nodes: Node[];
  edges: Edge[];
}
/**
 * Settings of the training.
 *
 * Attributes:
 *     epochs: How often training sees every picture, 1 to 10,000.
 *     batch_size: Pictures per step, 1 to 65,536.
 *     optimizer: Rule that changes the weights (``torch.optim``).
 *     learning_rate: Size of the steps, above 0, at most 10.
 *     seed: Start of all random numbers; the same seed gives the same run.
 */
export interface Recipe {
  /**
   * How many times training goes through all the pictures.
   */
  epochs: number;
  /**
   * How many pictures the network looks at before it changes its weights once.
   */
  batch_size: number;
  /**
   * The rule that turns mistakes into weight changes. adam is a good start.
   */
  optimizer: "adam" | "adamw" | "sgd";
  /**
   * How large each change is. Too large jumps about, too small crawls.
   */
  learning_rate: number;
  /**
   * Start of all random numbers. The same seed gives the same result again.
   */
  seed: number;
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
}
/**
 * The document and its revision; each writer adds one to the highest it has seen.
 */
export interface ExperimentState {
  revision: number;
  document: Experiment;
}
/**
 * The ``.blockml`` files beside the notebook.
 */
export interface Files {
  paths: string[];
}
/**
 * A document that was read; the canvas applies it as one undoable change.
 */
export interface Opened {
  document: Experiment;
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
 * A question of the canvas; it gets exactly one `Answer`.
 *
 * ============ ================================== ==============================
 * name         payload                            payload of the answer
 * ============ ================================== ==============================
 * ``train``    ``{}``                             ``{}``
 * ``pause``    ``{}``                             ``{}``
 * ``resume``   ``{}``                             ``{}``
 * ``stop``     ``{}``                             ``{}``
 * ``predict``  ``{}`` and one buffer: the file    `Prediction`
 * ``code``     ``{}``                             `Code`
 * ``save``     ``{}``                             `Saved`
 * ``files``    ``{}``                             `Files`
 * ``open``     ``{path}`` or ``{text}``           `Opened`
 * ============ ================================== ==============================
 */
export interface Request {
  kind: "blockml-request";
  id: string;
  name: "train" | "pause" | "resume" | "stop" | "predict" | "code" | "save" | "files" | "open";
  payload: {
    [k: string]: JsonValue;
  };
}
/**
 * The truth about the run, whoever looks and whenever.
 *
 * Attributes:
 *     id: Name of the run; empty when there is none.
 *     status: ``interrupted`` is a run whose kernel died: it can be resumed.
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
 *     problem: Why it failed.
 */
export interface RunState {
  id: string;
  status: "idle" | "preparing" | "training" | "paused" | "stopping" | "stopped" | "interrupted" | "finished" | "failed";
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
}
/**
 * Where the document was written: its path and its text (for a download).
 */
export interface Saved {
  path: string;
  text: string;
}
