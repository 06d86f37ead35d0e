/** What the browser remembers of a person's choices, for pages to come. */

/** Choices that are remembered. */
type Choice = "language" | "outline" | "learned" | "panel";

/** What was remembered last; `null` where nothing was, or where the browser keeps nothing. */
export function recall(choice: Choice): string | null {
  try {
    return localStorage.getItem(`blockml-${choice}`);
  } catch {
    return null;
  }
}

/** Remember a choice; where the browser keeps nothing it lasts as long as the page. */
export function remember(choice: Choice, value: string): void {
  try {
    localStorage.setItem(`blockml-${choice}`, value);
  } catch {
    // Nothing is lost but the memory.
  }
}
