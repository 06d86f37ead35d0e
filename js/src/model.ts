/** The only file that talks to the kernel: traits as values, and requests as promises. */

import type { AnyModel } from "@anywidget/types";
import type { SharedState } from "./keep/writer";
import type {
  AnalysisState,
  Answer,
  Augmented,
  Brought,
  Catalogue,
  Code,
  DataCheck,
  Diagnostic,
  DraftState,
  Files,
  Found,
  JsonValue,
  KeptGroup,
  Opened,
  Page,
  Part,
  Picture,
  Prediction,
  Preview,
  RateCurve,
  Request,
  RunState,
  Runs,
  Samples,
  Saved,
  Sources,
  TaskState,
} from "./protocol";
import type { Language, LanguageSetting } from "./texts";

/** The traits that both sides share. */
export interface Traits {
  catalogue: Catalogue;
  experiment: SharedState;
  analysis: AnalysisState;
  run: RunState;
  task: TaskState;
  draft: DraftState;
  language: LanguageSetting;
  /** What the language came to in this page. */
  page_language: Language;
}

export type RequestName = Request["name"];

interface Answers {
  train: Empty;
  pause: Empty;
  resume: Empty;
  stop: Empty;
  more: Empty;
  predict: Prediction;
  code: Code;
  save: Saved;
  files: Files;
  open: Opened;
  preview: Preview;
  check: DataCheck;
  sources: Sources;
  read: Found;
  augmented: Augmented;
  rate: RateCurve;
  cancel: Empty;
  runs: Runs;
  part: Part;
  draft: Opened;
  picture: Picture;
  keep_group: KeptGroup;
  forget_group: Empty;
  docs: Page;
  starter: Opened;
  bring: Brought;
  samples: Samples;
}

type Empty = Record<string, never>;

/** What the answer to a request holds. */
export type AnswerOf<N extends RequestName> = Answers[N];

/** How long a request waits, in milliseconds; the first use of the network has to load torch. */
const PATIENCE: Record<RequestName, number | null> = {
  train: 60_000,
  pause: 15_000,
  resume: 60_000,
  stop: 15_000,
  more: 60_000,
  predict: 60_000,
  code: 15_000,
  save: 15_000,
  files: 15_000,
  open: 15_000,
  sources: 60_000,
  cancel: 15_000,
  runs: 60_000,
  part: 30_000,
  draft: 15_000,
  picture: 15_000,
  keep_group: 15_000,
  forget_group: 15_000,
  docs: 15_000,
  starter: 15_000,
  bring: 60_000,
  samples: 60_000,
  // These may take minutes. The trait `task` says how far they are, and a person can cancel them.
  preview: null,
  check: null,
  read: null,
  augmented: null,
  rate: null,
};

/** The kernel, as the canvas sees it. */
export interface Kernel {
  get<K extends keyof Traits>(name: K): Traits[K];
  set<K extends "experiment" | "language" | "page_language">(name: K, value: Traits[K]): void;
  watch(name: keyof Traits, changed: () => void): void;
  /** Ask for something. It rejects with a `Diagnostic`, also when no answer comes. */
  ask<N extends RequestName>(
    name: N,
    payload?: Record<string, JsonValue>,
    buffers?: ArrayBuffer[],
  ): Promise<AnswerOf<N>>;
  /** Stop listening; open requests end as not answered. */
  close(): void;
}

interface Open {
  resolve: (payload: never) => void;
  reject: (problem: Diagnostic) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Connect with the kernel through the model of an anywidget. */
export function connectKernel(model: AnyModel<Traits>): Kernel {
  const waiting = new Map<string, Open>();
  const watched: [string, () => void][] = [];
  let sent = 0;

  const settle = (id: string): Open | undefined => {
    const found = waiting.get(id);
    if (found) clearTimeout(found.timer);
    waiting.delete(id);
    return found;
  };
  const receive = (message: unknown): void => {
    // The same channel carries messages of anywidget itself.
    if (!isAnswer(message)) return;
    const found = settle(message.id);
    if (message.ok) found?.resolve(message.payload as never);
    else found?.reject(message.problem ?? noAnswer(message.id));
  };
  model.on("msg:custom", receive);

  return {
    get: (name) => model.get(name),
    set: (name, value) => {
      model.set(name, value);
      model.save_changes();
    },
    watch: (name, changed) => {
      watched.push([`change:${name}`, changed]);
      model.on(`change:${name}`, changed);
    },
    ask: (name, payload = {}, buffers = []) =>
      new Promise((resolve, reject) => {
        // Two pages may hold the same canvas; the ids of one are not those of the other.
        const id = `${SESSION}-${++sent}`;
        const patience = PATIENCE[name];
        const late = (): void => settle(id)?.reject(noAnswer(name));
        const timer = patience === null ? undefined : setTimeout(late, patience);
        waiting.set(id, { resolve: resolve as Open["resolve"], reject, timer });
        const request: Request = { kind: "blockml-request", id, name, payload };
        try {
          model.send(request, undefined, buffers);
        } catch {
          // There is no connection at all, as in a notebook that was opened without its kernel.
          settle(id)?.reject(noAnswer(name));
        }
      }),
    close: () => {
      model.off("msg:custom", receive);
      for (const [event, changed] of watched) model.off(event as `change:${keyof Traits}`, changed);
      for (const id of [...waiting.keys()]) settle(id)?.reject(noAnswer("close"));
    },
  };
}

const SESSION = Math.random().toString(36).slice(2, 10);

function isAnswer(message: unknown): message is Answer {
  return typeof message === "object" && message !== null && Reflect.get(message, "kind") === "blockml-answer";
}

/** The problem of a request that the kernel did not answer. */
function noAnswer(request: string): Diagnostic {
  const values = { request };
  return { code: "no-answer", severity: "error", node: null, port: null, param: null, values, fixes: [] };
}
