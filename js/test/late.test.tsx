/** Sentences about problems that come late, because the kernel was busy. */

import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Diagnostic } from "../src/protocol";
import { analysis, FakeKernel } from "./samples";

const PATCH = { nodes: [], remove_nodes: [] } as unknown as Diagnostic["fixes"][number]["patch"];
const PROBLEM: Diagnostic = {
  code: "window-too-large",
  severity: "error",
  node: "conv1",
  port: null,
  param: null,
  values: { window: [31, 31], size: [8, 8] },
  fixes: [{ kind: "connect", values: {}, patch: PATCH }],
};

it("shows a plain word at first and the sentence as soon as it is here", async () => {
  vi.resetModules();
  const { BottomBar } = await import("../src/canvas/BottomBar");
  const { createCanvasStore } = await import("../src/store");
  const { StoreProvider } = await import("../src/context");
  const kernel = new FakeKernel();
  kernel.traits.analysis = analysis(1, { diagnostics: [PROBLEM] });
  const store = createCanvasStore(kernel);
  expect(store.getState().whole).toBe(false);
  render(
    <StoreProvider store={store}>
      <BottomBar />
    </StoreProvider>,
  );
  expect(screen.getByTestId("blockml-fix").textContent).toBe("Mend it");
  await vi.waitFor(() => expect(store.getState().whole).toBe(true));
  expect(screen.getByTestId("blockml-problems").textContent).toContain("larger than");
  expect(screen.getByTestId("blockml-problems").textContent).not.toContain("window-too-large");
});
