/** Requests that may take minutes: what is going and what came out. They outlive the panel that asked. */

import { equal } from "./document";
import type { AnswerOf, RequestName } from "./model";
import type { Diagnostic, JsonValue } from "./protocol";

export type JobName = Extract<RequestName, "preview" | "check" | "read" | "augmented" | "rate">;

/** One of these requests. */
export interface Job<N extends JobName> {
  going: boolean;
  /** What was asked about last, such as the data; a part of the document. */
  asked: unknown;
  /** What the outcome is about: it holds as long as the document says the same. */
  about: unknown;
  outcome: AnswerOf<N> | null;
  /** Why the last one has no outcome; nothing where a person ended it. */
  problem: Diagnostic | null;
}

export type Jobs = { readonly [N in JobName]?: Job<N> };

/** The part of the store that keeps the jobs. */
export interface JobSlice {
  jobs: Jobs;
  /** Ask, and keep what comes. The outcome before stays until there is a new one. */
  begin<N extends JobName>(
    name: N,
    about: unknown,
    payload?: Record<string, JsonValue>,
  ): Promise<AnswerOf<N> | null>;
  /** End what is going. Rejects with a `Diagnostic`. */
  cancel(): Promise<void>;
  /** Forget a job and its outcome. */
  forget(name: JobName): void;
}

interface Asking {
  request<N extends RequestName>(name: N, payload?: Record<string, JsonValue>): Promise<AnswerOf<N>>;
}

type Get = () => JobSlice & Asking;

/** Make that part of the store. */
export function createJobs(set: (part: { jobs: Jobs }) => void, get: Get): JobSlice {
  const put = <N extends JobName>(name: N, job: Job<N>): void =>
    set({ jobs: { ...get().jobs, [name]: job } });
  // The kernel does one at a time; here they wait for each other, so that none is refused.
  let turn: Promise<unknown> = Promise.resolve();

  return {
    jobs: {},
    begin: async (name, about, payload) => {
      const before = get().jobs[name];
      const job = {
        going: true,
        asked: about,
        about: before?.about ?? null,
        outcome: before?.outcome ?? null,
        problem: null,
      };
      // What is going is of no use any more: the same about something else, or about other data.
      const isIdle = Object.values(get().jobs).every((each) => !each?.going);
      if (!isIdle && (before?.going || name === "read"))
        void get()
          .request("cancel")
          .catch(() => {});
      put(name, job);
      const isMine = (): boolean => get().jobs[name]?.asked === about;
      const mine = turn.then(() => (isMine() ? get().request(name, payload) : null));
      turn = mine.catch(() => {});
      try {
        const outcome = await mine;
        if (outcome !== null && isMine())
          put(name, { going: false, asked: about, about, outcome, problem: null });
        return outcome;
      } catch (error) {
        const problem = error as Diagnostic;
        const silent = problem.code === "cancelled";
        if (isMine()) put(name, { ...job, going: false, problem: silent ? null : problem });
        return null;
      }
    },
    cancel: async () => {
      try {
        await get().request("cancel");
      } catch (error) {
        // Nobody is there to end it, so nothing will come of it either.
        const ended = Object.entries(get().jobs).map(([name, job]) => [name, { ...job, going: false }]);
        set({ jobs: Object.fromEntries(ended) });
        throw error;
      }
    },
    forget: (name) => set({ jobs: { ...get().jobs, [name]: undefined } }),
  };
}

/** A job, if it was asked for about this and for nothing else. */
export function askedAbout<N extends JobName>(job: Job<N> | undefined, about: unknown): Job<N> | null {
  return job && equal(job.asked, about) ? job : null;
}

/** The outcome of a job, if it is about this. */
export function outcomeOf<N extends JobName>(job: Job<N> | undefined, about: unknown): AnswerOf<N> | null {
  return job && equal(job.about, about) ? job.outcome : null;
}
