/** Sentences that come as parts: Korean, and what English says about problems. */

import { type AskPart, fetchPart } from "./parts/fetch";
import { isWhole, type Language, learn } from "./texts";

/** Bring the sentences of a language. Rejects with a `Diagnostic` where they do not come. */
export async function bring(language: Language, ask: AskPart): Promise<void> {
  if (isWhole(language)) return;
  const { table } = await fetchPart(language, ask);
  learn(language, table);
}
