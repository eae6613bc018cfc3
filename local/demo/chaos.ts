import type { How } from '../twins/mischief.ts'
import type { HostedTwin } from '../twins/twin-host.ts'

const ways: readonly How[] = [
  'commit-then-drop',
  'lag-index',
  'throttle',
  'unavailable',
  'html',
  'slow',
  'duplicate',
  'reorder',
]

/** Makes the twins misbehave, each in one way or another twice a second; returns what stops it. */
export function chaos(twins: readonly HostedTwin[], random: () => number): () => void {
  const timer = setInterval(() => {
    for (const { mischiefs } of twins) {
      const how = ways[Math.floor(random() * ways.length)]
      if (how) mischiefs.add({ how, next: 1 + Math.floor(random() * 3), seconds: 1 })
    }
  }, 500)
  return () => clearInterval(timer)
}
