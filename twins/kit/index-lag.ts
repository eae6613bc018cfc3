import type { TwinWorld } from './twin.ts'

type Lagging = Pick<TwinWorld, 'now' | 'lagging'>

/** True while an index that lags by so many seconds does not show yet what was written at `writtenMs`. */
export const isUnindexed = ({ now, lagging }: Lagging, writtenMs: number, seconds: number) =>
  now().getTime() - writtenMs < seconds * 1000 && lagging()

/** The index shows what was written before this moment, in milliseconds. */
export const indexedUntil = ({ now, lagging }: Lagging, seconds: number): number =>
  lagging() ? now().getTime() - seconds * 1000 : Number.POSITIVE_INFINITY
