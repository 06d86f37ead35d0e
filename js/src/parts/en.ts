/** Everything in English; what the bundle itself says stands there too, see `build.mjs`. */

import { checks, families, fixes, problems, ui, unreadable } from "../../../blockml/locale/en.json";

export const table = { checks, families, fixes, problems, ui, unreadable };
