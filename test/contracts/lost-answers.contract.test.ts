import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectors } from '../../connectors/index.ts'
import { ConnectionId } from '../../schemas/canonical/identity.ts'
import { Order } from '../../schemas/canonical/order.ts'
import { Settings } from '../../schemas/settings.ts'
import type { MakeTwin } from '../../twins/kit/twin.ts'
import { casesIn, fixture, text } from '../support/fixtures.ts'
import { play, plots, type Stage, wrongAfterLosses } from '../support/lost-answers.ts'

/** The demo's connections come first; the example has those of connectors that the demo does without. */
const connections = { ...connectionsIn('demo'), ...connectionsIn('example') }

const capabilities = ['orders', 'accounting', 'fulfilment'] as const

const tried = connectors.flatMap((connector) =>
  capabilities
    .filter((capability) => Object.keys(connector[capability]?.effects ?? {}).length > 0)
    .map((capability) => [connector.id, capability, connector] as const),
)

describe.each(tried)('%s, %s: the answer of any write may be lost', (id, capability, connector) => {
  test.each(plots)('and an order that is %s ends as if it had come', async (plot) => {
    const stages = await stagesOf()
    const counted = await Promise.all(
      stages.map(async (stage) => ({ stage, writes: (await play(stage, plot)).writes.length })),
    )
    const [most] = counted.toSorted((a, b) => b.writes - a.writes)
    if (!most || most.writes === 0) throw new Error('no recorded order leads to a write')
    expect(await wrongAfterLosses(most.stage, plot)).toEqual([])
  })

  async function stagesOf(): Promise<Stage[]> {
    const [connection = ''] = Object.keys(connections).filter((name) => name.startsWith(`${id}/`))
    const { twin }: { twin: MakeTwin } = await import(`../../twins/${id}/twin.ts`)
    const own = Object.keys(connector.settings.shape)
    const written = Object.entries(connections[ConnectionId.parse(connection)] ?? {})
    const usual = {
      ...Object.fromEntries(written.filter(([field]) => own.includes(field))),
      ...('capabilities' in connector.settings.shape && { capabilities: [capability] }),
    }
    const about = {
      connector,
      capability,
      connection: ConnectionId.parse(connection),
      makeTwin: twin,
    }
    if (capability === 'orders') {
      return casesIn(id, '.wire.json').map((name) => ({
        ...about,
        settings: usual,
        order: { wire: text(id, `${name}.wire.json`) },
      }))
    }
    return casesIn(id, '.order.json').map((name) => {
      const beside = casesIn(id, '.settings.json').includes(name)
        ? fixture(id, `${name}.settings.json`)
        : {}
      return {
        ...about,
        settings: { ...usual, ...Object(beside) },
        order: Order.parse(fixture(id, `${name}.order.json`)),
      }
    })
  }
})

function connectionsIn(environment: string) {
  const file = join(import.meta.dirname, `../../settings/${environment}.json`)
  return Settings.parse(JSON.parse(readFileSync(file, 'utf8'))).connections
}
