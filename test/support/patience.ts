import { setTimeout as sleep } from 'node:timers/promises'

interface Patience {
  /** Milliseconds between two looks. */
  readonly everyMs: number
  /** Looks without news after which it is over. */
  readonly looks: number
}

/**
 * Looks until there is a value. It gives up after so many looks in which nothing changed, whatever the clock says: a busy machine looks
 * less often, so a slow end is waited for and a stuck one is not. An error's message is what is still missing.
 */
export async function look<T>(
  ask: () => Promise<T | Error | undefined> | T | Error | undefined,
  { everyMs, looks }: Patience,
): Promise<T | Error> {
  let missing = new Error('nothing came')
  for (let idle = 0; idle < looks; idle++) {
    const answer = await ask()
    if (answer instanceof Error) {
      if (answer.message !== missing.message) idle = 0
      missing = answer
    } else if (answer !== undefined) return answer
    await sleep(everyMs)
  }
  return missing
}
