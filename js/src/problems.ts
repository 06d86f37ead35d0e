/** Anything that went wrong, as a problem. */

import type { Diagnostic } from "./protocol";

/** What a request was refused with; anything else is a mistake of ours and shows as one. */
export function asProblem(error: unknown): Diagnostic {
  if (typeof error === "object" && error !== null && "code" in error && "severity" in error) {
    return error as Diagnostic;
  }
  const reason = error instanceof Error ? error.message : String(error);
  const values = { kind: error instanceof Error ? error.name : typeof error, reason };
  return { code: "internal", severity: "error", node: null, port: null, param: null, values, fixes: [] };
}
