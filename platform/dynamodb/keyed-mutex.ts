/** Serialises work with the same key within this process. */
export function keyedMutex() {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(thing: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(thing)
    const mine = before ? before.then(work, work) : work()
    last.set(thing, mine)
    try {
      return await mine
    } finally {
      if (last.get(thing) === mine) last.delete(thing)
    }
  }
}
