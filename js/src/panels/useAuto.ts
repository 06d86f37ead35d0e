import { useEffect } from "react";
import { useCanvas } from "../context";
import { equal } from "../document";
import type { JobName } from "../jobs";

/** Pause, in milliseconds, after the last change before something is asked for by itself. */
const PAUSE = 400;

/** Keeps the outcome of a job in step with a part of the document, while it is wanted. */
export function useAuto(name: JobName, about: unknown, wanted: boolean): void {
  const job = useCanvas((canvas) => canvas.jobs[name]);
  const others = useCanvas((canvas) =>
    Object.values(canvas.jobs).some((each) => each !== canvas.jobs[name] && each?.going),
  );
  const begin = useCanvas((canvas) => canvas.begin);
  // Another page of the same kernel may be at work; then it is asked again.
  const refused = job?.problem?.code === "task-active";
  const known = job !== undefined && equal(job.asked, about) && !refused;
  const due = wanted && !known && !others;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of what it is about begins the pause anew
  useEffect(() => {
    if (!due) return;
    const timer = setTimeout(() => void begin(name, about), PAUSE);
    return () => clearTimeout(timer);
  }, [due, JSON.stringify(about), begin, name, job?.problem]);
}
