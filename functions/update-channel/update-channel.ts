import { type PerformDeps, type Performed, perform } from '../../domain/effects/perform.ts'
import { readHint } from '../../domain/effects/read-hint.ts'

/** Carries out one effect at the channel: telling it what was shipped. */
export async function updateChannel(body: string, deps: PerformDeps): Promise<Performed> {
  const hint = readHint(body, deps.account.connection)
  return hint.ok ? perform(hint.value, deps) : { did: 'nothing', ...hint.error }
}
