import { drawFrom } from '../../simulation/draw.ts'
import type { How } from '../../twins/host/mischief.ts'
import type { HostedTwin } from '../../twins/host/twin-host.ts'
import type { CloudFault, Faults } from '../cloud/faults.ts'

export type Fault = How | CloudFault | 'cloud restarted'

type Odds = Readonly<Partial<Record<Fault, number>>>

/** How likely each fault is, each time that it could strike: per request, call, message, event or batch. */
export const badDay: Readonly<Record<Fault, number>> = {
  'commit-then-drop': 0.03,
  'lag-index': 0.2,
  throttle: 0.03,
  unavailable: 0.02,
  // A person has to mend it, and there is none in the demo.
  'refuse-credentials': 0,
  html: 0.02,
  slow: 0.02,
  duplicate: 0.15,
  reorder: 0.15,
  reset: 0.02,
  timeout: 0.005,
  cut: 0.02,
  corrupt: 0.02,
  killed: 0.004,
  'table throttled': 0.01,
  'transaction conflict': 0.01,
  'done in part': 0.01,
  'aws busy': 0.005,
  'aws answer lost': 0.005,
  'message twice': 0.02,
  'message late': 0.05,
  'event twice': 0.05,
  'invoked twice': 0.1,
  'stream replayed': 0.05,
  // Per order placed.
  'cloud restarted': 0.04,
}

interface Strength {
  /** @default badDay */
  readonly odds?: Odds
  /**
   * How often each fault strikes at one place. Whoever waits asks again and again, and would never get through.
   * @default 3
   */
  readonly most?: number
}

/** Faults drawn from one seed, and a count of those that struck. */
export interface Chaos extends Faults {
  readonly seed: number
  strikes(fault: Fault, where: string): boolean
  /** Disturbs a twin, too. */
  haunt(twins: readonly HostedTwin[]): void
  /** How often each struck so far, the most frequent first. */
  struck(): readonly (readonly [Fault, number])[]
  /** From now on all is well. */
  end(): void
}

/**
 * Each place draws for itself: the third message of a queue comes twice in every run with the same seed. What happens
 * between places is up to the machine, so the same seed tells much the same story and not the very same.
 */
export function chaos(seed: number, { odds = badDay, most = 3 }: Strength = {}): Chaos {
  const draw = drawFrom(seed)
  const left = new Map<string, number>()
  const counts = new Map<Fault, number>()
  let on = true
  const strikes: Chaos['strikes'] = (fault, where) => {
    const chance = on ? (odds[fault] ?? 0) : 0
    const place = `${fault} at ${where}`
    if (chance === 0 || draw(place) >= chance || left.get(place) === 0) return false
    left.set(place, (left.get(place) ?? most) - 1)
    counts.set(fault, (counts.get(fault) ?? 0) + 1)
    return true
  }
  return {
    seed,
    strikes,
    draw,
    haunt: (twins) => {
      for (const { connection, mischiefs } of twins) {
        mischiefs.chance = (how) => strikes(how, connection.id)
      }
    },
    struck: () => [...counts].toSorted(([, one], [, other]) => other - one),
    end: () => {
      on = false
    },
  }
}
