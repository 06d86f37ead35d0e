/** Entry of the bundle: one store for a model, shared by all its views in a page. */

import type { AnyModel } from "@anywidget/types";
import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/base.css";
import "../style/tokens.css";
import "../style/canvas.css";
import "../style/bars.css";
import "../style/palette.css";
import "../style/panels.css";
import { App } from "./canvas/App";
import { connectKernel, type Traits } from "./model";
import { createCanvasStore, type Store } from "./store";

interface Context {
  model: AnyModel<Traits>;
}

/** anywidget calls this once for each model; what stands in it belongs to all views of that model. */
export default function widget() {
  let store: Store;
  return {
    initialize({ model }: Context): () => void {
      const kernel = connectKernel(model);
      store = createCanvasStore(kernel);
      return () => kernel.close();
    },
    render({ el }: Context & { el: HTMLElement }): () => void {
      const root = createRoot(el);
      root.render(<App store={store} />);
      return () => root.unmount();
    },
  };
}
