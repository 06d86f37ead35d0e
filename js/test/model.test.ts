import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectKernel, type Traits } from "../src/model";
import type { Request } from "../src/protocol";

/** The model of an anywidget, as far as the canvas uses it. */
class FakeModel {
  sent: { request: Request; buffers: ArrayBuffer[] }[] = [];
  values: Record<string, unknown> = {};
  saved = 0;
  broken = false;
  private handlers = new Map<string, Set<(...values: unknown[]) => void>>();

  get(name: string): unknown {
    return this.values[name];
  }
  set(name: string, value: unknown): void {
    this.values[name] = value;
  }
  save_changes(): void {
    this.saved += 1;
  }
  send(request: Request, _: unknown, buffers: ArrayBuffer[]): void {
    if (this.broken) throw new Error("no comm");
    this.sent.push({ request, buffers });
  }
  on(event: string, handler: (...values: unknown[]) => void): void {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  }
  off(event: string, handler: (...values: unknown[]) => void): void {
    this.handlers.get(event)?.delete(handler);
  }
  fire(event: string, ...values: unknown[]): void {
    for (const handler of this.handlers.get(event) ?? []) handler(...values);
  }
}

let model: FakeModel;

function kernel() {
  return connectKernel(model as unknown as AnyModel<Traits>);
}

beforeEach(() => {
  vi.useFakeTimers();
  model = new FakeModel();
});

afterEach(() => {
  vi.useRealTimers();
});

function answer(id: string | undefined, more: object): void {
  model.fire("msg:custom", { kind: "blockml-answer", id, ok: true, payload: {}, problem: null, ...more }, []);
}

describe("requests", () => {
  test("each gets its own answer", async () => {
    const { ask } = kernel();
    const [code, files] = [ask("code"), ask("files", { a: 1 })];
    const [first, second] = model.sent.map((each) => each.request);
    expect(first).toMatchObject({ kind: "blockml-request", name: "code", payload: {} });
    expect(second).toMatchObject({ name: "files", payload: { a: 1 } });
    answer(second?.id, { payload: { paths: [] } });
    answer(first?.id, { payload: { text: "x" } });
    expect(await files).toEqual({ paths: [] });
    expect(await code).toEqual({ text: "x" });
  });

  test("a refusal carries its problem", async () => {
    const asked = kernel().ask("train");
    answer(model.sent[0]?.request.id, { ok: false, problem: { code: "run-active" } });
    await expect(asked).rejects.toEqual({ code: "run-active" });
  });

  test("no answer is a problem, and a late one is nothing", async () => {
    const asked = kernel().ask("code");
    const seen = expect(asked).rejects.toMatchObject({ code: "no-answer", values: { request: "code" } });
    await vi.advanceTimersByTimeAsync(15_000);
    await seen;
    answer(model.sent[0]?.request.id, {});
  });

  test("messages of others are ignored", async () => {
    const asked = kernel().ask("code");
    for (const message of [null, "text", { kind: "anywidget-command-response", id: "x" }]) {
      model.fire("msg:custom", message, []);
    }
    answer("someone-else", { payload: {} });
    answer(model.sent[0]?.request.id, { payload: { text: "mine" } });
    expect(await asked).toEqual({ text: "mine" });
  });

  test("a connection that does not exist is no answer", async () => {
    model.broken = true;
    await expect(kernel().ask("save")).rejects.toMatchObject({ code: "no-answer" });
  });

  test("buffers travel along", () => {
    const bytes = new ArrayBuffer(4);
    kernel().ask("predict", {}, [bytes]);
    expect(model.sent[0]?.buffers).toEqual([bytes]);
  });
});

describe("traits", () => {
  test("a set value is saved at once", () => {
    kernel().set("language", "ko");
    expect(model.values.language).toBe("ko");
    expect(model.saved).toBe(1);
  });

  test("closing ends what waits and stops listening", async () => {
    const one = kernel();
    const changed = vi.fn();
    one.watch("run", changed);
    const asked = one.ask("code");
    one.close();
    model.fire("change:run");
    expect(changed).not.toHaveBeenCalled();
    await expect(asked).rejects.toMatchObject({ code: "no-answer" });
  });
});
