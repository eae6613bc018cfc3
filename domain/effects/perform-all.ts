import { type PerformDeps, type Performed, perform } from './perform.ts'
import { readHints } from './read-hints.ts'

/** Carries out what a lane's message asks for, one effect after another. */
export async function performAll(body: string, deps: PerformDeps): Promise<Performed> {
  const hints = readHints(body, deps.account.connection)
  if (!hints.ok) return { did: 'nothing', ...hints.error }
  const performed: Performed[] = []
  for (const hint of hints.value) performed.push(await perform(hint, deps))
  const did = performed.map((one) => one.did).join(', then ')
  return { ...performed.at(-1), did }
}
