/** Parts of the page that come when somebody needs them. */

import { type ComponentProps, type ComponentType, type ReactElement, useEffect, useState } from "react";
import { useCanvasStore, useT } from "./context";
import { ProblemNote } from "./panels/Problem";
import { fetchPart, type PartName, type Parts } from "./parts/fetch";
import { asProblem } from "./problems";
import type { Diagnostic } from "./protocol";
import type { Store } from "./store";

/** Parts that are a component. */
type Drawn = {
  [N in PartName]: Parts[N] extends { default: ComponentType<never> } ? N : never;
}[PartName];

type PropsOf<N extends Drawn> = ComponentProps<Parts[N]["default"]>;

interface Asked {
  asked: Promise<unknown>;
  /** What came, so that a part which is here already is drawn at once. */
  module?: unknown;
}

const LOADED = new WeakMap<Store, Map<PartName, Asked>>();

function look<N extends PartName>(store: Store, name: N): Asked {
  const parts = LOADED.get(store) ?? new Map<PartName, Asked>();
  LOADED.set(store, parts);
  const found = parts.get(name);
  if (found) return found;
  const asked = fetchPart(name, store.getState().request);
  const fresh: Asked = { asked };
  parts.set(name, fresh);
  asked.then(
    (module) => {
      fresh.module = module;
    },
    // The next one who needs it asks again.
    () => parts.delete(name),
  );
  return fresh;
}

/** The module of a part; it is asked for once. Rejects with a `Diagnostic` where it does not come. */
export function loadPart<N extends PartName>(store: Store, name: N): Promise<Parts[N]> {
  return look(store, name).asked as Promise<Parts[N]>;
}

/** A part as it stands in the page; until it is here, room for it. */
export function Part<N extends Drawn>(props: { name: N } & PropsOf<N>): ReactElement {
  const { name } = props;
  const t = useT();
  const store = useCanvasStore();
  const [, again] = useState(0);
  const [problem, setProblem] = useState<Diagnostic | null>(null);
  const { asked, module } = problem ? ({} as Partial<Asked>) : look(store, name);
  useEffect(() => {
    if (!asked || module) return;
    let here = true;
    const draw = (): void => {
      if (here) again((turn) => turn + 1);
    };
    asked.then(draw, (error: unknown) => {
      if (here) setProblem(asProblem(error));
    });
    return () => {
      here = false;
    };
  }, [asked, module]);
  if (problem) {
    return (
      <ProblemNote problem={problem}>
        <button type="button" className="bm-button" onClick={() => setProblem(null)}>
          {t("ui.part.again")}
        </button>
      </ProblemNote>
    );
  }
  if (!module) return <p className="bm-part-waiting">{t("ui.part.waiting")}</p>;
  const { default: Content, css } = module as { default: ComponentType<object>; css?: string };
  return (
    <>
      {css ? <style>{css}</style> : null}
      <Content {...props} />
    </>
  );
}

/** When, in milliseconds after the first drawing, parts are brought that will be needed. */
const SOON = 800;

/** Bring parts that will be needed soon, while nobody waits for them. */
export function usePartsSoon(names: readonly PartName[]): void {
  const store = useCanvasStore();
  useEffect(() => {
    // The first drawing of the canvas comes first.
    const timer = setTimeout(() => {
      for (const name of names) loadPart(store, name).catch(() => undefined);
    }, SOON);
    return () => clearTimeout(timer);
  }, [store, names]);
}
