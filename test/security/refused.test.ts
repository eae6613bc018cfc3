import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectors } from '../../connectors/index.ts'
import type { Account } from '../../domain/account.ts'
import { ok } from '../../domain/result.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Settings } from '../../schemas/settings.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { memoryTokens } from '../support/account.ts'
import { start } from '../support/orders.ts'
import { openSecretsManager, type SecretsManager } from '../support/secrets-manager.ts'
import { memoryWorld } from '../support/twin-world.ts'

let manager: SecretsManager
beforeAll(async () => {
  manager = await openSecretsManager()
})
afterAll(() => manager.close())
beforeEach(() => {
  manager.asked.length = 0
})

const now = () => new Date(start)
const window = { from: '2026-11-21T10:00:00.000Z', to: '2026-11-21T10:05:00.000Z' }

const written = ['demo', 'example'].flatMap((environment) => {
  const file = join(import.meta.dirname, `../../settings/${environment}.json`)
  return Object.entries(Settings.parse(JSON.parse(readFileSync(file, 'utf8'))).connections)
})

const swept = connectors.flatMap((connector) => {
  const [, fields] = written.find(([id]) => id.startsWith(`${connector.id}/`)) ?? []
  const { sweep, settings: schema } = connector
  if (!sweep || !fields) return []
  const own = Object.keys(schema.shape)
  const settings = schema.parse(
    Object.fromEntries(Object.entries(fields).filter(([field]) => own.includes(field))),
  )
  return [[connector.id, { ...connector, sweep, settings }] as const]
})

test.each(swept)(
  '%s refuses us a thousand times, and the secret is asked for once',
  async (id, { sweep, settings }) => {
    const connection = ConnectionId.parse(`${id}/somewhere`)
    const { twin } = (await import(`../../twins/${id}/twin.ts`)) as { twin: MakeTwin }
    const name = `crossdock/test/${connection}`
    manager.stored.set(name, twin(memoryWorld(settings)).secret)
    const secrets = manager.awsSecrets(() => now().getTime())
    let refusals = 0
    const account: Account = {
      connection,
      settings,
      secret: () => secrets.get(name),
      send: async ({ url }) => {
        if (/token/.test(url)) {
          const body = '{"access_token":"t","scope":"","expires_in":86399}'
          return ok({ status: 200, headers: {}, body })
        }
        refusals += 1
        return ok({ status: 401, headers: {}, body: '{"errors":"Unauthorized"}' })
      },
      tokens: memoryTokens(now),
      now,
    }
    for (let i = 0; i < 1_000; i++) {
      expect(await sweep(account, window)).toMatchObject({ ok: false })
    }
    expect(refusals).toBeGreaterThanOrEqual(1_000)
    expect(manager.asked).toEqual([name])
  },
)
