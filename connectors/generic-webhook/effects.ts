import type { Effect, Effects } from '../../domain/plug.ts'
import { ok } from '../../domain/result.ts'
import { lookUp, postMessage } from './post-message.ts'
import { Settings } from './settings.ts'
import type { Message } from './wire.ts'

type Name = Message['effect']
type Make = (effect: Name) => Effect

const namesOf = {
  erp: ['create-order', 'amend-order', 'cancel-order', 'post-shipment'],
  wms: ['release-order', 'amend-release', 'cancel-release'],
} as const satisfies Readonly<Record<Settings['kind'], readonly Name[]>>

/** These make something anew each time; the others bring an order to a state, and done twice leave what they left. */
const creates: ReadonlySet<Name> = new Set(['create-order', 'release-order', 'post-shipment'])

/** Everything that a system may be told, if it does nothing twice. */
export const effects: Effects = effectsBy([...namesOf.erp, ...namesOf.wms], repeatable)

/** What a connection's system may be told, as sure as its settings say it is. */
export function effectsFor(settings: unknown): Effects {
  const { kind, amends, isIdempotent, lookupUrl, lookupLagSeconds } = Settings.parse(settings)
  const names = namesOf[kind].filter((name) => amends || !name.startsWith('amend-'))
  if (lookupUrl !== undefined) return effectsBy(names, askable(lookupLagSeconds))
  return effectsBy(names, (name) =>
    isIdempotent || !creates.has(name) ? repeatable(name) : unaskable(name),
  )
}

function effectsBy(names: readonly Name[], make: Make): Effects {
  return Object.fromEntries(names.map((name) => [name, make(name)]))
}

const askable =
  (lagSeconds: number): Make =>
  (effect) => ({
    safety: { by: 'lookup', lagSeconds },
    find: 'in-doubt',
    look: (account, subject) => lookUp(account, effect, subject),
    make: (account, subject) => postMessage(account, effect, subject),
  })

/** Asking is telling again: what the system knows by its webhook-id is answered as it was, what got lost is done now. */
function repeatable(effect: Name): Effect {
  return {
    safety: { by: 'key' },
    find: 'in-doubt',
    async look(account, subject) {
      const again = await postMessage(account, effect, subject)
      // Refused is surely not done; whether it is still wanted is for the ledger to say before it is tried anew.
      return !again.ok && again.error.next === 'except' ? ok(undefined) : again
    },
    make: (account, subject) => postMessage(account, effect, subject),
  }
}

function unaskable(effect: Name): Effect {
  return {
    safety: { by: 'none' },
    find: 'in-doubt',
    make: (account, subject) => postMessage(account, effect, subject),
  }
}
