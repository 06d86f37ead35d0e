/** Brings a part of the page from the kernel, and knows which parts there are. */

import type { AnswerOf } from "../model";
import type { JsonValue } from "../protocol";

/** The parts: each is the file of that name beside this one. */
export interface Parts {
  ask: typeof import("./ask");
  clip: typeof import("./clip");
  budget: typeof import("./budget");
  code: typeof import("./code");
  data: typeof import("./data");
  en: typeof import("./en");
  group: typeof import("./group");
  finder: typeof import("./finder");
  keys: typeof import("./keys");
  first: typeof import("./first");
  ko: typeof import("./ko");
  layout: typeof import("./layout");
  learn: typeof import("./learn");
  map: typeof import("./map");
  narrate: typeof import("./narrate");
  note: typeof import("./note");
  outline: typeof import("./outline");
  toolbox: typeof import("./toolbox");
  train: typeof import("./train");
  tour: typeof import("./tour");
}

export type PartName = keyof Parts;

/** Asks the kernel for the text of a part. */
export type AskPart = (name: "part", payload: Record<string, JsonValue>) => Promise<AnswerOf<"part">>;

type Modules = Readonly<Record<string, unknown>>;
type Make = (require: (name: string) => unknown, module: { exports: unknown }) => void;

let shared: Modules = {};

/** Say what parts take from the bundle; see `shared.ts`. */
export function share(modules: Modules): void {
  shared = modules;
}

/**
 * The module of a part.
 *
 * Every saved notebook carries the bundle, so what is not needed at once stays with the kernel. The text
 * comes over the wire and is run as a module, as the bundle itself is. It rejects with a `Diagnostic` where
 * the kernel does not answer, and with an error of the browser where the text cannot be run.
 */
export async function fetchPart<N extends PartName>(name: N, ask: AskPart): Promise<Parts[N]> {
  const { text } = await ask("part", { name });
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    const { default: make } = (await import(/* @vite-ignore */ address)) as { default: Make };
    const made: { exports: unknown } = { exports: {} };
    make((wanted) => {
      if (!Object.hasOwn(shared, wanted)) throw new Error(`the part ${name} asks for ${wanted}`);
      return shared[wanted];
    }, made);
    return made.exports as Parts[N];
  } finally {
    URL.revokeObjectURL(address);
  }
}
