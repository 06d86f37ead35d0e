/** Languages beside English come as parts, when somebody reads them. */

import { type AskPart, fetchPart } from "./parts/fetch";
import { type Language, learn, speaks } from "./texts";

/** Bring the sentences of a language. Rejects with a `Diagnostic` where they do not come. */
export async function bring(language: Language, ask: AskPart): Promise<void> {
  if (language !== "ko" || speaks(language)) return;
  const { table } = await fetchPart(language, ask);
  learn(language, table);
}
