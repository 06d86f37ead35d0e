import { head } from "../document";
import type { AnalysisState, Diagnostic } from "../protocol";
import { pathOf, type Scope } from "../scope";

const found = new WeakMap<AnalysisState, Map<string, ReadonlyMap<string, Diagnostic>>>();

/**
 * The first problem that each card of a scope shows, by the id of its node; errors stand before warnings.
 *
 * A group shows its own, else the first of those inside of it.
 */
export function problemsIn(analysis: AnalysisState, scope: Scope): ReadonlyMap<string, Diagnostic> {
  const prefix = pathOf(scope, "");
  const scopes = found.get(analysis) ?? new Map<string, ReadonlyMap<string, Diagnostic>>();
  found.set(analysis, scopes);
  const known = scopes.get(prefix);
  if (known) return known;
  const own = new Map<string, Diagnostic>();
  const deeper = new Map<string, Diagnostic>();
  for (const each of analysis.diagnostics) {
    if (!each.node?.startsWith(prefix)) continue;
    const path = each.node.slice(prefix.length);
    const id = head(path);
    const shown = path === id ? own : deeper;
    if (!shown.has(id)) shown.set(id, each);
  }
  const first = new Map([...deeper, ...own]);
  scopes.set(prefix, first);
  return first;
}
