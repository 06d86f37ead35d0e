/** Entry of the bundle: one store for a model, shared by all its views in a page. */

import type { AnyModel } from "@anywidget/types";
import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/base.css";
import "../style/tokens.css";
import "../style/canvas.css";
import "../style/cards.css";
import "../style/bars.css";
import "../style/bottom.css";
import "../style/heat.css";
import "../style/palette.css";
import "../style/groups.css";
import "../style/keep.css";
import "../style/panels.css";
import "../style/access.css";
import "../style/learn.css";
import "../style/edit.css";
import "../style/notes.css";
import { App } from "./canvas/App";
import { keepDrawing } from "./keep/keeping";
import { keepPicture } from "./keep/still";
import { bring } from "./languages";
import { connectKernel, type Kernel, type Traits } from "./model";
import { share } from "./parts/fetch";
import { SHARED } from "./parts/shared";
import { createCanvasStore, type Store } from "./store";
import { resolve } from "./texts";

/** How long, in milliseconds, the first drawing waits for its language. */
const PATIENCE = 1500;

share(SHARED);

interface Context {
  model: AnyModel<Traits>;
}

/** anywidget calls this once for each model; what stands in it belongs to all views of that model. */
export default function widget() {
  let store: Store;
  return {
    async initialize({ model }: Context): Promise<() => void> {
      const kernel = connectKernel(model);
      await language(kernel);
      store = createCanvasStore(kernel);
      const leave = keepDrawing(store, model);
      return () => {
        leave();
        kernel.close();
      };
    },
    render({ el }: Context & { el: HTMLElement }): () => void {
      const root = createRoot(el);
      root.render(<App store={store} />);
      const leave = keepPicture(store, el);
      return () => {
        leave();
        root.unmount();
      };
    },
  };
}

/**
 * Bring the language of the page, so that nobody sees another one first. Without it there is English.
 *
 * English is here at once, but for what it says about problems; nobody waits for that.
 */
async function language(kernel: Kernel): Promise<void> {
  const wanted = resolve(kernel.get("language"));
  if (wanted === "en") return;
  const late = new Promise<void>((done) => setTimeout(done, PATIENCE));
  const here = bring(wanted, kernel.ask).catch(() => undefined);
  await Promise.race([here, late]);
}
