/** Keeps the picture that was dropped, and asks the network about it whenever there is a new one to ask. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useActions, useCanvas, useCanvasStore, useT } from "../context";
import { asProblem } from "../problems";
import type { Prediction } from "../protocol";
import { tried } from "./test/tried";
import { useProblemText } from "./useProblems";

/** Largest file that is sent, in bytes; photographs of telephones are far below. */
export const MAX_BYTES = 20 * 1024 * 1024;

/** A picture of the person. */
export interface Picture {
  name: string;
  /** Address inside this page, to show it. */
  address: string;
  bytes: ArrayBuffer;
  /** What it shows, where that is known: a test picture. */
  truth: string | null;
}

/** What is known about the picture. `waiting` is one that was dropped before there is a trained network. */
export type Guess =
  | { state: "none" }
  | { state: "waiting" | "reading"; picture: Picture }
  | { state: "known"; picture: Picture; prediction: Prediction }
  | { state: "failed"; text: string };

interface Guessing {
  guess: Guess;
  read: (file: File, truth?: string) => void;
}

/** The state of the test area. */
export function useGuess(): Guessing {
  const t = useT();
  const { request } = useActions();
  const canPredict = useCanvas((canvas) => canvas.run.can_predict);
  // A finished or stopped run answers otherwise than it did halfway, so it is asked again.
  const network = useCanvas((canvas) => `${canvas.run.id} ${canvas.run.status}`);
  const problemText = useProblemText();
  const store = useCanvasStore();
  const [picture, setPicture] = useState<Picture | null>(() => {
    const last = tried(store).picture;
    return last && { ...last, address: URL.createObjectURL(new Blob([last.bytes])) };
  });
  const [guess, setGuess] = useState<Guess>({ state: "none" });
  const turn = useRef(0);

  const read = useCallback(
    async (file: File, truth?: string) => {
      const mine = ++turn.current;
      const fail = (text: string): void => {
        setPicture(null);
        setGuess({ state: "failed", text });
      };
      if (file.size > MAX_BYTES) {
        fail(t("ui.test.too_large", { megabytes: MAX_BYTES / 1024 / 1024 }));
        return;
      }
      // A folder looks like a file until it is read.
      const bytes = await file.arrayBuffer().catch(() => null);
      if (mine !== turn.current) return;
      if (bytes === null) fail(t("ui.test.unreadable", { name: file.name }));
      else setPicture({ name: file.name, address: URL.createObjectURL(file), bytes, truth: truth ?? null });
    },
    [t],
  );

  useEffect(() => {
    tried(store).picture = picture;
    if (picture === null) return;
    return () => URL.revokeObjectURL(picture.address);
  }, [picture, store]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new network is a reason to ask again
  useEffect(() => {
    if (picture === null) return;
    const mine = ++turn.current;
    if (!canPredict) {
      setGuess({ state: "waiting", picture });
      return;
    }
    // An answer about this picture is replaced by the next one, not by a flicker in between.
    setGuess((now) =>
      now.state === "known" && now.picture === picture ? now : { state: "reading", picture },
    );
    // The buffer is copied: sending may take it away from here.
    request("predict", {}, [picture.bytes.slice(0)]).then(
      (prediction) => {
        if (mine === turn.current) setGuess({ state: "known", picture, prediction });
      },
      (error: unknown) => {
        if (mine === turn.current) setGuess({ state: "failed", text: problemText(asProblem(error)) });
      },
    );
  }, [picture, canPredict, network]);

  return { guess, read };
}
