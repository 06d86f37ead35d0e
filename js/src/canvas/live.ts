/** What a screen reader is told: sentences that appear in a place of the page that is read out, one at a time. */

/** Shortest time, in milliseconds, between two sentences: speech is slow, and a newer one cuts the older off. */
const PAUSE = 1000;

/** Most sentences that wait; what is older says nothing about now. */
const WAITING = 4;

/** A place that is read out: it shows a text. */
export type Speaker = (text: string) => void;

interface Voice {
  speak: Speaker;
  /** Whether the person is in this view. */
  isHere: () => boolean;
}

interface Saying {
  text: string;
  topic: string;
}

const voices = new Set<Voice>();
let waiting: Saying[] = [];
let last = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Say a sentence, in the language of the canvas, to whoever uses a screen reader.
 *
 * A newer sentence on the same topic takes the place of one that still waits.
 */
export function announce(text: string, topic = ""): void {
  if (text === "" || voices.size === 0) return;
  waiting = waiting.filter((each) => each.text !== text && (topic === "" || each.topic !== topic));
  waiting = [...waiting, { text, topic }].slice(-WAITING);
  timer ??= setTimeout(say, Math.max(0, last + PAUSE - performance.now()));
}

/** Let a view of a canvas speak; of several only the one that the person is in does. */
export function listen(voice: Voice): () => void {
  voices.add(voice);
  return () => {
    voices.delete(voice);
    if (voices.size > 0) return;
    clearTimeout(timer);
    [waiting, timer, last] = [[], undefined, Number.NEGATIVE_INFINITY];
  };
}

function say(): void {
  timer = undefined;
  last = performance.now();
  const text = waiting.map((each) => each.text).join(" ");
  waiting = [];
  const all = [...voices];
  (all.find((each) => each.isHere()) ?? all.at(-1))?.speak(text);
}
