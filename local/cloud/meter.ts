/** What AWS asks money for, by the unit that its price list names. */
export const charges = [
  'http-requests',
  'invocations',
  'gigabyte-seconds',
  'queue-requests',
  'fair-requests',
  'events',
  'write-units',
  'read-units',
  'puts',
  'gets',
  'secret-calls',
  'log-bytes',
] as const

export type Charge = (typeof charges)[number]

/** Units of each charge so far. */
export type Usage = Readonly<Record<Charge, number>>

/** Adds up what AWS would bill. */
export interface Meter {
  add(charge: Charge, units: number): void
  usage(): Usage
}

export function openMeter(): Meter {
  const used: Record<string, number> = Object.fromEntries(charges.map((charge) => [charge, 0]))
  return {
    add: (charge, units) => {
      used[charge] = (used[charge] ?? 0) + units
    },
    // Made of all charges above.
    usage: () => ({ ...used }) as Usage,
  }
}

/** SQS and EventBridge bill every 64 KB begun as one more. */
export const per64Kb = (bytes: number): number => Math.max(1, Math.ceil(bytes / 65_536))
