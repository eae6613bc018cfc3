import type { Effect, Effects } from '../../domain/effects/effect.ts'
import { ok } from '../../domain/result.ts'
import type { Capabilities } from '../contract.ts'
import { lookUp, postMessage } from './post-message.ts'
import { Settings } from './settings.ts'
import type { Message } from './wire.ts'

type Name = Message['effect']
type Make = (effect: Name) => Effect

type Capability = Settings['capabilities'][number]

const namesOf: Readonly<Record<Capability, readonly Name[]>> = {
  accounting: ['create-order', 'amend-order', 'cancel-order', 'post-shipment'],
  fulfilment: ['release-order', 'amend-release', 'cancel-release'],
}

/** These make something anew each time; the others bring an order to a state, and done twice leave what they left. */
const creates: ReadonlySet<Name> = new Set(['create-order', 'release-order', 'post-shipment'])

/** Everything that a system can be asked to do, if it does nothing twice. */
export const capabilities = {
  accounting: { effects: effectsBy(namesOf.accounting, repeatable) },
  fulfilment: { effects: effectsBy(namesOf.fulfilment, repeatable) },
} satisfies Capabilities

/** What a connection's system can be asked to do, as safe as its settings say it is. */
export function capabilitiesFor(settings: unknown): Capabilities {
  const own = Settings.parse(settings)
  return Object.fromEntries(
    own.capabilities.map((capability) => {
      const names = namesOf[capability].filter((name) => own.amends || !name.startsWith('amend-'))
      return [capability, { effects: effectsBy(names, makeFor(own)) }]
    }),
  )
}

function makeFor({ lookupUrl, lookupLagSeconds, isIdempotent }: Settings): Make {
  if (lookupUrl !== undefined) return askable(lookupLagSeconds)
  return (name) => (isIdempotent || !creates.has(name) ? repeatable(name) : unaskable(name))
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
