import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { TestArea } from "../src/panels/TestArea";
import { MAX_BYTES } from "../src/panels/useGuess";
import type { Prediction, RunState } from "../src/protocol";
import { draw } from "./render";
import { experiment, FakeKernel, IDLE } from "./samples";

const TRAINED: RunState = { ...IDLE, id: "r1", status: "finished", can_predict: true };

const THREE: Prediction = {
  label: "3",
  classes: ["0", "3", "8", "9"],
  probabilities: [0.01, 0.96, 0.02, 0.01],
  picture: "data:image/png;base64,AAAA",
};

function picture(name = "three.png"): File {
  return new File([new Uint8Array([1, 2, 3])], name, { type: "image/png" });
}

function start(run: RunState) {
  const drawn = draw(<TestArea />, new FakeKernel(experiment(["conv1"]), run));
  const area = screen.getByTestId("blockml-test-drop");
  const asked = () => drawn.kernel.asked.filter((each) => each.name === "predict");
  return { ...drawn, area, asked };
}

async function drop(area: HTMLElement, file = picture()): Promise<void> {
  fireEvent.drop(area, { dataTransfer: { files: [file] } });
  await waitFor(() => expect(area.dataset.state).not.toBe("none"));
}

describe("the test area", () => {
  test("a dropped picture is sent, and the answer shows", async () => {
    const { area, asked } = start(TRAINED);
    await drop(area);
    expect(area.dataset.state).toBe("reading");
    expect(asked()[0]?.name).toBe("predict");
    expect(new Uint8Array(asked()[0]?.buffers[0] as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]));
    await act(async () => asked()[0]?.resolve(THREE));
    const answer = screen.getByTestId("blockml-prediction");
    expect(answer.textContent).toMatch(/^3/);
    expect(answer.textContent).toContain("96.0%");
    expect(answer.querySelectorAll("li")).toHaveLength(3);
    expect(screen.getByAltText(/as the network saw it/).getAttribute("src")).toBe(THREE.picture);
  });

  test("what was tried is there again after another tab", async () => {
    const { area, asked, kernel, store } = start(TRAINED);
    await drop(area);
    await act(async () => asked()[0]?.resolve(THREE));
    cleanup();
    draw(<TestArea />, kernel, store);
    await waitFor(() => expect(asked()).toHaveLength(2));
    expect(new Uint8Array(asked()[1]?.buffers[0] as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]));
  });

  test("a picture can be chosen, and the same again", async () => {
    const { area, asked } = start(TRAINED);
    const input = area.querySelector("input") as HTMLInputElement;
    fireEvent.change(input, { target: { files: [picture()] } });
    await waitFor(() => expect(asked()).toHaveLength(1));
    expect(input.value).toBe("");
  });

  test("a picture can be pasted; other things can not", async () => {
    const { area, asked } = start(TRAINED);
    fireEvent.paste(area, { clipboardData: { files: [] } });
    fireEvent.paste(area, { clipboardData: { files: [picture()] } });
    await waitFor(() => expect(asked()).toHaveLength(1));
  });

  test("before there is a network the picture waits, and is read when there is one", async () => {
    const { area, asked, kernel } = start(IDLE);
    expect(screen.getByText(/as soon as the network is trained/)).toBeTruthy();
    await drop(area);
    expect(area.dataset.state).toBe("waiting");
    expect(screen.getByText("three.png")).toBeTruthy();
    expect(asked()).toEqual([]);
    await act(async () => kernel.set("run" as never, TRAINED as never));
    expect(asked()).toHaveLength(1);
  });

  test("a better network is asked again, and the old answer stands until the new one comes", async () => {
    const { area, asked, kernel } = start({ ...TRAINED, status: "training" });
    await drop(area);
    await act(async () => asked()[0]?.resolve({ ...THREE, label: "8" }));
    await act(async () => kernel.set("run" as never, TRAINED as never));
    expect(screen.getByTestId("blockml-prediction").dataset.label).toBe("8");
    await act(async () => asked()[1]?.resolve(THREE));
    expect(screen.getByTestId("blockml-prediction").dataset.label).toBe("3");
  });

  test("of two pictures the last one counts, whatever answers first", async () => {
    const { area, asked } = start(TRAINED);
    await drop(area);
    fireEvent.drop(area, { dataTransfer: { files: [picture("eight.png")] } });
    await waitFor(() => expect(asked()).toHaveLength(2));
    await act(async () => asked()[1]?.resolve({ ...THREE, label: "8" }));
    await act(async () => asked()[0]?.resolve(THREE));
    expect(screen.getByTestId("blockml-prediction").dataset.label).toBe("8");
  });

  test("what cannot be read says why and what to do", async () => {
    const { area, asked } = start(TRAINED);
    await drop(area);
    await act(async () =>
      asked()[0]?.reject({ code: "no-picture", severity: "error", values: { received: 0 } }),
    );
    expect(area.dataset.state).toBe("failed");
    expect(area.textContent).toContain("Drop one picture file");
    expect(screen.queryByTestId("blockml-prediction")).toBeNull();
  });

  test("a huge file is not sent", async () => {
    const { area, asked } = start(TRAINED);
    const huge = picture();
    Object.defineProperty(huge, "size", { value: MAX_BYTES + 1 });
    await drop(area, huge);
    expect(area.textContent).toContain("20 MB");
    expect(asked()).toEqual([]);
  });

  test("a folder says that it is none", async () => {
    const { area } = start(TRAINED);
    const folder = picture("holidays");
    folder.arrayBuffer = () => Promise.reject(new Error("not a file"));
    await drop(area, folder);
    expect(area.textContent).toContain("“holidays” cannot be read");
  });

  test("dragging over it shows, and the page around does not take the file", () => {
    const { area } = start(TRAINED);
    const outside = vi.fn();
    document.body.addEventListener("dragover", outside);
    fireEvent.dragEnter(area);
    expect(area.dataset.over).toBe("true");
    expect(fireEvent.dragOver(area)).toBe(false);
    expect(outside).not.toHaveBeenCalled();
    fireEvent.dragLeave(area);
    expect(area.dataset.over).toBe("false");
    document.body.removeEventListener("dragover", outside);
  });
});
