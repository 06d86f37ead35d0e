/** How long, in milliseconds, the view moves: not at all for those who want no motion. */
export function motion(): number {
  return window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ? 0 : 160;
}
