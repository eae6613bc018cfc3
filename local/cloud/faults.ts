/** What AWS does to those who build on it, seldom and without asking. */
export type CloudFault =
  /** A function's process dies before or after one of its calls, and nobody hears of it. */
  | 'killed'
  | 'table throttled'
  | 'transaction conflict'
  /** A batch of which something was left out. */
  | 'done in part'
  | 'aws busy'
  /** The work was done, and the caller is told that it was not. */
  | 'aws answer lost'
  | 'message twice'
  /** Later messages overtake it. */
  | 'message late'
  | 'event twice'
  | 'invoked twice'
  /** A stream goes back to where it was a batch ago. */
  | 'stream replayed'

/** Asked wherever something can go wrong. */
export interface Faults {
  /** Whether it does, this time. */
  strikes(fault: CloudFault, where: string): boolean
  /** A number from 0 to 1 that says how badly. */
  draw(what: string): number
}

export const noFaults: Faults = { strikes: () => false, draw: () => 0 }
