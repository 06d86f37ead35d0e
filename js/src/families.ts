import type { CSSProperties } from "react";

/** The colour of a family as `--bm-family`, for an element and all inside. */
export function familyColour(family: string | undefined): CSSProperties {
  const colour = `var(--bm-family-${family ?? "unknown"}, var(--bm-problem))`;
  return { "--bm-family": colour } as CSSProperties;
}
