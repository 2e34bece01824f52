import type { Part } from './bench.ts';

/** Something that a part is to do at a moment. */
export type Entry = {
  at: number;
  part: Part;
  label: string;
  work(): Promise<void>;
  /** Where the part is down then: it is made up for at its start, or somebody tries again, or nobody does. */
  whenDown?: (upAt: number) => void;
  /** Done to the part or beside it, and no run of its own. */
  isForced?: true;
  /** Called when the run is over, whether it came to its end or the part died. */
  afterwards?: () => void;
};

/** What is to come, in order of time; what comes at the same time in the order of names. */
export type Agenda = {
  add(entry: Entry): void;
  next(): Entry | undefined;
  /** Takes what else comes until `until`, at most one entry for each part. */
  takeBeside(first: Entry, until: number): Entry[];
  /** Whether this part has something under this label between two moments. */
  has(part: Part, label: string, from: number, until: number): boolean;
};

export function createAgenda(): Agenda {
  let entries: Entry[] = [];
  const isLater = (a: Entry, b: Entry) =>
    a.at - b.at || (`${a.part} ${a.label}` < `${b.part} ${b.label}` ? -1 : 1);
  return {
    add(entry) {
      let index = entries.length;
      while (index > 0 && isLater(entries[index - 1]!, entry) > 0) index -= 1;
      entries.splice(index, 0, entry);
    },
    next: () => entries.shift(),
    takeBeside(first, until) {
      const parts = new Set([first.part]);
      const taken: Entry[] = [];
      for (const entry of entries) {
        if (entry.at > until) break;
        if (parts.has(entry.part)) continue;
        parts.add(entry.part);
        taken.push(entry);
      }
      entries = entries.filter((entry) => !taken.includes(entry));
      return taken;
    },
    has: (part, label, from, until) =>
      entries.some(
        (entry) => entry.part === part && entry.label === label && entry.at >= from && entry.at <= until,
      ),
  };
}
