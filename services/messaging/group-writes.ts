/**
 * Writes items in groups: whatever comes in while the last group is written is the next one, so that a storm
 * costs a few commits and a single item waits for nobody. Each caller hears of its own group's fate.
 */
export function groupWrites<T>(write: (group: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: T[] = [];
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return (item) => {
    waiting.push(item);
    // A group that could not be written is its own callers' fault to hear of.
    next ??= Promise.allSettled([writing]).then(() => {
      const group = waiting;
      waiting = [];
      next = undefined;
      writing = write(group);
      return writing;
    });
    return next;
  };
}
