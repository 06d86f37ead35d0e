/** What is known of the data of a document, named or own, without a picture of it. */

import type { DataEntry, DataRef } from "./protocol";
import { type Language, pick } from "./texts";

/** Facts of a data set as the page shows them. */
export interface Facts {
  title: string;
  summary: string;
  shape: readonly number[];
  classes: readonly string[];
  train: number;
  test: number;
  own: boolean;
  /** Whether the pictures are strokes, so that a drawing is like them. */
  strokes: boolean;
}

/** Most bytes of pictures that are shown without being asked for: they are there in a moment. */
const SMALL = 4_000_000;

/** The facts of a named set. */
export function factsOfEntry(entry: DataEntry, language: Language): Facts {
  return {
    title: pick(entry.title, language),
    summary: pick(entry.summary, language),
    shape: entry.shape,
    classes: entry.classes,
    train: entry.train_size,
    test: entry.test_size,
    own: false,
    strokes: entry.strokes,
  };
}

/** The facts of the data of a document; `null` where nobody knows them. */
export function factsOf(data: DataRef, entries: readonly DataEntry[], language: Language): Facts | null {
  const { facts } = data;
  if (facts) {
    const { shape, classes } = facts;
    const { train_size: train, test_size: test } = facts;
    return { title: data.name, summary: "", shape, classes, train, test, own: true, strokes: facts.strokes };
  }
  const entry = entries.find((each) => each.name === data.name);
  return entry ? factsOfEntry(entry, language) : null;
}

/** Whether the pictures are so few that loading them needs no question. */
export function isSmall(facts: Facts): boolean {
  const [channels = 0, height = 0, width = 0] = facts.shape;
  return (facts.train + facts.test) * channels * height * width < SMALL;
}
