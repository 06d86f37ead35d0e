/** What English has to say: the bundle holds only the words of the page itself. */

import { checks, fixes, problems, ui, unreadable } from "../../../blockml/locale/en.json";

export const table = { checks, fixes, problems, ui, unreadable };
