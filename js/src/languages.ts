/** Sentences that come as parts: Korean, and what English says about problems. */

import { type AskPart, fetchPart } from "./parts/fetch";
import { isWhole, type Language, learn } from "./texts";

const COMING = new Map<Language, Promise<void>>();

/** Bring the sentences of a language. Rejects with a `Diagnostic` where they do not come. */
export function bring(language: Language, ask: AskPart): Promise<void> {
  if (isWhole(language)) return Promise.resolve();
  const coming =
    COMING.get(language) ??
    fetchPart(language, ask)
      .then(({ table }) => learn(language, table))
      // Who needs them next asks again.
      .finally(() => COMING.delete(language));
  COMING.set(language, coming);
  return coming;
}
