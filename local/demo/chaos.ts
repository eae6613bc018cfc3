import type { How } from '../twins/mischief.ts'
import type { HostedTwin } from '../twins/twin-host.ts'

/** How likely each misbehaviour is, per request, look-up or webhook that it can disturb. */
const odds: Readonly<Record<How, number>> = {
  'commit-then-drop': 0.06,
  'lag-index': 0.2,
  throttle: 0.05,
  unavailable: 0.04,
  // A person has to mend it, and there is none in the demo.
  'refuse-credentials': 0,
  html: 0.03,
  slow: 0.03,
  duplicate: 0.15,
  reorder: 0.15,
}

/** Makes every twin misbehave now and then, in every way it can; returns what ends it. */
export function chaos(twins: readonly HostedTwin[], random: () => number): () => void {
  for (const { mischiefs } of twins) mischiefs.chance = (how) => random() < odds[how]
  return () => {
    for (const { mischiefs } of twins) mischiefs.chance = () => false
  }
}
