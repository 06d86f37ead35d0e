/** Names for React Flow, which writes them into CSS selectors as they are. */

/** What ends a quoted text of CSS or has a meaning in it, and the sign that marks what was replaced. */
const UNSAFE = /["\\%\p{Cc}]/gu;

/** The name of a node for React Flow; an ordinary id is its own. */
export function flowId(id: string): string {
  return id.replace(UNSAFE, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** The node of a name that React Flow uses. */
export function nodeId(name: string): string {
  return name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** What the name of a note begins with for React Flow; no node is called so, because `%n` stands for no sign. */
const NOTE = "%note:";

/** The name of a note for React Flow. */
export function noteName(id: string): string {
  return NOTE + flowId(id);
}

/** The note of a name that React Flow uses, if it is one. */
export function noteOf(name: string): string | undefined {
  return name.startsWith(NOTE) ? nodeId(name.slice(NOTE.length)) : undefined;
}
