import { setTimeout as sleep } from 'node:timers/promises'

/** The cloud's waits: real ones, or shortened for tests. */
export interface TimeScale {
  /** Milliseconds of the laptop for these milliseconds of the cloud. */
  ms(milliseconds: number): number
  /** Resolves after these milliseconds of the cloud, or at once when `signal` is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** @param factor 1 is real time, 0.1 waits ten times shorter. */
export function timeScale(factor: number): TimeScale {
  return {
    ms: (milliseconds) => milliseconds * factor,
    wait: (milliseconds, signal) => pause(milliseconds * factor, signal),
  }
}

/** Resolves after these real milliseconds, or at once when `signal` is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  let left = milliseconds
  do {
    await sleep(Math.min(left, longest), undefined, { signal }).catch(() => {})
    left -= longest
  } while (left > 0 && !signal.aborted)
}

/** A timer fires at once above this. */
const longest = 2 ** 31 - 1
