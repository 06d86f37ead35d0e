/** Names of layers and of ports: they become names in the code. */

import type { Speech } from "./context";

/** Whether a text can be a name in the code. */
export function isName(text: string): boolean {
  return /^[A-Za-z_]\w{0,79}$/.test(text);
}

/** Why a text did not become a name. */
export function refused(say: Speech["say"], text: string, value: string): string {
  return `${say("ui.field.kept", { text, value })} ${say("ui.block.name_help")}`;
}
