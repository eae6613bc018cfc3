import { found, type Hours, laneOf } from './virtual-hours.ts'

/** What the places of a system were used for, in milliseconds of one place. */
export interface Spent {
  readonly inRequest: number
  /** A worker has a message, and asks something else than the system. */
  readonly inHand: number
  /** Messages were there, and no worker had one. */
  readonly unattended: number
  /** Nothing was there to do. */
  readonly idle: number
}

/** How finely is looked, in milliseconds. */
const step = 25

/** Looks what the places of one system do, until it is asked to stop. */
export function watchPlaces(hours: Hours, id: string): () => Spent {
  const { time, vendors } = hours
  const { load, connection } = found(vendors, (vendor) => vendor.connection.id === id, id)
  const queue = laneOf(hours, id)
  const spent = { inRequest: 0, inHand: 0, unattended: 0, idle: 0 }
  let watching = true
  const look = (): void => {
    if (!watching) return
    const asking = load.awaited
    const held = Math.max(asking, queue.inFlight)
    const free = Math.max(0, connection.maxConcurrency - held)
    const waiting = Math.min(free, queue.waiting)
    spent.inRequest += asking * step
    spent.inHand += (held - asking) * step
    spent.unattended += waiting * step
    spent.idle += (free - waiting) * step
    time.after(step, look)
  }
  look()
  return () => {
    watching = false
    return { ...spent }
  }
}
