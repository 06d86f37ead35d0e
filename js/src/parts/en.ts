/** What English has to say beside the words of the page itself, which stand in the bundle. */

import { checks, fixes, problems, unreadable } from "../../../blockml/locale/en.json";

export const table = { checks, fixes, problems, unreadable };
