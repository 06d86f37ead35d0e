import { useEffect, useState } from "react";
import { useActions, useLanguage } from "../context";
import { asProblem } from "../problems";
import type { Diagnostic, Page } from "../protocol";

interface Found {
  /** The page; nothing while it is on its way. */
  page: Page | null;
  problem: Diagnostic | null;
}

/** Asks for the page of a block, and for another one when the block or the language changes. */
export function usePage(block: string): Found & { again: () => void } {
  const { request } = useActions();
  const language = useLanguage();
  const [found, setFound] = useState<Found>({ page: null, problem: null });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks again
  useEffect(() => {
    let current = true;
    request("docs", { block, language }).then(
      (page) => {
        if (current) setFound({ page, problem: null });
      },
      (error: unknown) => {
        if (current) setFound({ page: null, problem: asProblem(error) });
      },
    );
    return () => {
      current = false;
    };
  }, [request, block, language, turn]);
  const isOf = found.page?.block === block;
  return { page: isOf ? found.page : null, problem: found.problem, again: () => setTurn(turn + 1) };
}
