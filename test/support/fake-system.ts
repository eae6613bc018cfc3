import type { Account } from '../../domain/account.ts'
import type { Effect, Safety } from '../../domain/effects/effect.ts'
import type { PerformDeps } from '../../domain/effects/perform.ts'
import { doubt, except, type Failure, halt, ignore, retry, wait } from '../../domain/failure.ts'
import { err, ok } from '../../domain/result.ts'
import { erp } from './orders.ts'

/** What a system does with the next request: `commit-then-drop` makes it and loses the answer, `drop` loses both. */
export type Mood =
  | 'well'
  | 'commit-then-drop'
  | 'drop'
  | 'throttle'
  | 'unavailable'
  | 'refuse'
  | 'halt'

export interface FakeSystem {
  readonly system: PerformDeps['system']
  readonly account: Account
  /** References of what was made, oldest first: more than one is a broken promise. */
  readonly made: readonly string[]
  /** Requests to make something, whatever came of them. */
  readonly asked: () => number
  /** For the next makes, one each; then it is well. */
  readonly moods: Mood[]
  /** What the next looks end in, one each; then they see. */
  readonly troubles: Failure[]
  /** Called before each look and each make. */
  before: (what: 'look' | 'make') => Promise<void>
}

/** Says no more than that the system was asked. */
export const request = { kind: 'write', method: 'POST', url: 'https://fake.example/' } as const

interface Options {
  readonly safety: Safety
  readonly find?: Effect['find']
  readonly now: () => Date
}

/** A system that makes one kind of thing, and makes it twice if it is asked twice, unless its safety is a key. */
export function fakeSystem({ safety, find = 'in-doubt', now }: Options): FakeSystem {
  const made: { readonly id: string; readonly key: string; readonly at: number }[] = []
  const moods: Mood[] = []
  const troubles: Failure[] = []
  let asked = 0
  const lag = safety.by === 'lookup' ? safety.lagSeconds * 1000 : 0

  const commit = (key: string) => {
    const existing = made.find((one) => one.key === key)
    if (safety.by === 'key' && existing) return err(ignore('it exists'))
    const id = `made-${made.length + 1}`
    made.push({ id, key, at: now().getTime() })
    return ok({ id })
  }
  const answers: Readonly<Record<Mood, (key: string) => ReturnType<typeof commit>>> = {
    well: commit,
    'commit-then-drop': (key) => {
      const result = commit(key)
      return result.ok ? err<Failure>(doubt('no answer')) : result
    },
    drop: () => err(doubt('no answer')),
    throttle: () => err(wait('slow down', 3)),
    unavailable: () => err(retry('unavailable')),
    refuse: () => err(except('effect-refused', 'no')),
    halt: () => err(halt('revoked')),
  }
  const effect: Effect = {
    safety,
    find,
    ...(safety.by !== 'none' && {
      look: async (account, { order }) => {
        await system.before('look')
        await account.send(request)
        const trouble = troubles.shift()
        if (trouble) return err(trouble)
        const seen = made.find((one) => one.key === order.id && one.at + lag <= now().getTime())
        return ok(seen && { id: seen.id })
      },
    }),
    make: async (account, { order }) => {
      await system.before('make')
      await account.send(request)
      asked += 1
      return answers[moods.shift() ?? 'well'](order.id)
    },
  }
  const system: FakeSystem = {
    system: {
      title: 'Fake',
      effects: { 'create-order': effect, 'cancel-order': effect },
    },
    account: {
      connection: erp,
      settings: {},
      secret: async () => ({}),
      send: async () => ok({ status: 200, headers: {}, body: '' }),
      tokens: { get: async () => ok('token'), drop: async () => {} },
      now,
    },
    get made() {
      return made.map(({ id }) => id)
    },
    asked: () => asked,
    moods,
    troubles,
    before: async () => {},
  }
  return system
}
