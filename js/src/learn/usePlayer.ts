import { useEffect, useRef, useState } from "react";

export interface Player {
  /** The step that is shown; everything up to it has been made. */
  at: number;
  playing: boolean;
  count: number;
  go: (at: number) => void;
  toggle: () => void;
}

/** Longest and shortest time of a step, and the time that a whole picture should take, in milliseconds. */
const SLOW = 420;
const FAST = 45;
const WHOLE = 9000;

/** Whether things that move by themselves are unwanted. */
function isStill(): boolean {
  return window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}

/**
 * Goes through the steps of a picture once, and stops at the end.
 *
 * A picture that changes begins anew, unless a person has stopped it. Where motion is unwanted it is whole from
 * the start.
 */
export function usePlayer(count: number, about: string): Player {
  const [playing, setPlaying] = useState(() => !isStill());
  const [at, setAt] = useState(() => (isStill() ? count - 1 : 0));
  const [known, setKnown] = useState(about);
  const [stopped, setStopped] = useState(isStill);
  if (known !== about) {
    setKnown(about);
    setAt(stopped ? count - 1 : 0);
    setPlaying(!stopped);
  }
  // A timer may come once more before it is cleared; the hand that stopped it counts.
  const held = useRef(false);
  const last = Math.max(0, count - 1);
  const running = playing && at < last;
  useEffect(() => {
    if (!running) return;
    const pause = Math.max(FAST, Math.min(SLOW, WHOLE / count));
    const tick = (): void => {
      if (!held.current) setAt((now) => now + 1);
    };
    const timer = setInterval(tick, pause);
    return () => clearInterval(timer);
  }, [running, count]);
  return {
    at: Math.min(at, last),
    playing: running,
    count,
    go: (to) => {
      held.current = true;
      setPlaying(false);
      setStopped(true);
      setAt(Math.max(0, Math.min(last, to)));
    },
    toggle: () => {
      held.current = running;
      if (!running && at >= last) setAt(0);
      setPlaying(!running);
      setStopped(running);
    },
  };
}
