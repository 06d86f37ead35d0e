/** Draws components as they stand inside of a canvas. */

import { cleanup, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { afterEach, vi } from "vitest";
import { createDesk, DeskContext } from "../src/canvas/desk";
import { StoreProvider } from "../src/context";
import { createCanvasStore, type Store } from "../src/store";
import { FakeKernel } from "./samples";

afterEach(cleanup);

vi.stubGlobal(
  "ResizeObserver",
  class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  },
);
// jsdom knows files, but not how to read them.
function read(file: Blob, how: "readAsArrayBuffer" | "readAsText"): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader[how](file);
  });
}
Blob.prototype.arrayBuffer = function (): Promise<ArrayBuffer> {
  return read(this, "readAsArrayBuffer") as Promise<ArrayBuffer>;
};
Blob.prototype.text = function (): Promise<string> {
  return read(this, "readAsText") as Promise<string>;
};
// jsdom has canvases, but draws nothing.
HTMLCanvasElement.prototype.getContext = () => null;
URL.createObjectURL = () => "blob:picture";
URL.revokeObjectURL = () => {};

interface Drawn {
  kernel: FakeKernel;
  store: Store;
}

/** Draw an element in a canvas, by default one of its own. */
export function draw(
  element: ReactElement,
  kernel = new FakeKernel(),
  store = createCanvasStore(kernel),
): Drawn {
  render(
    <StoreProvider store={store}>
      <DeskContext.Provider value={createDesk()}>{element}</DeskContext.Provider>
    </StoreProvider>,
  );
  return { kernel, store };
}
