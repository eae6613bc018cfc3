import { setTimeout as sleep } from 'node:timers/promises'
import type { LearnDeps } from '../domain/order/learn.ts'
import { policyOf } from '../domain/order/policy.ts'
import type { Ledger } from '../domain/ports.ts'
import type { ResolvedSettings } from '../schemas/settings.ts'

/** What it takes to tell the ledger something. */
export const learnDeps = (ledger: Ledger, settings: ResolvedSettings): LearnDeps => ({
  ledger,
  policy: policyOf(settings),
  jitter: (ms) => sleep(Math.random() * ms),
})
