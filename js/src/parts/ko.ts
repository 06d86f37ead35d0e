/** Every sentence in Korean. */

// Taken one by one, so that what only the kernel says stays out.
import { checks, families, fixes, problems, ui, unreadable } from "../../../blockml/locale/ko.json";

export const table = { checks, families, fixes, problems, ui, unreadable };
