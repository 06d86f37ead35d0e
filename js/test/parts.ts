/** Parts come from their source here, not from a kernel; and both languages are there. */

import { vi } from "vitest";
import { table as en } from "../src/parts/en";
import { table as ko } from "../src/parts/ko";
import { learn } from "../src/texts";

vi.mock("../src/parts/fetch", async (original) => ({
  ...(await original<typeof import("../src/parts/fetch")>()),
  fetchPart: (name: string) => import(/* @vite-ignore */ `../src/parts/${name}`),
}));

learn("en", en);
learn("ko", ko);
