import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { internalEvents } from '../../domain/order/internal-events.ts'
import { publishEvents } from '../../functions/publish-events/publish-events.ts'
import { published } from '../../lib/published.ts'
import { problemKinds } from '../../schemas/api/problem.ts'
import { OrderEvent } from '../../schemas/events/order-event.ts'
import { orderOf } from '../support/orders.ts'
import { tellStory } from '../support/story.ts'

const read = (name: string) => JSON.parse(readFileSync(`docs/${name}`, 'utf8'))
const ajv = () => {
  const made = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(made)
  return made
}

test.each(Object.entries(published()))(
  'docs/%s is current (node bin/openapi.ts writes it)',
  (name, document) => {
    expect(read(name)).toEqual(JSON.parse(JSON.stringify(document)))
  },
)

describe('the schema of events', () => {
  const schema = read('events.schema.json')
  const judge = ajv().compile(schema)

  test('knows every event but what is only counted', () => {
    const types = OrderEvent.options
      .filter(({ shape }) => shape.type.value !== 'stage.met')
      .map(({ shape }) => `#/$defs/${shape.type.value}`)
    expect(schema.oneOf.map(({ $ref }: { $ref: string }) => $ref)).toEqual(types)
    expect(Object.keys(schema.$defs)).toEqual(expect.arrayContaining([...internalEvents]))
  })

  test('lets through what is put on the bus, and nothing that lacks what an event has', async () => {
    const details = await lifeOnTheBus()
    expect(details.length).toBeGreaterThan(8)
    for (const detail of details) {
      expect([judge(detail), judge.errors, detail]).toEqual([true, null, detail])
      const { orderId: _, ...without } = detail
      expect(judge(without)).toBe(false)
    }
  })
})

/** The details of the events of an order's life, as JSON. */
async function lifeOnTheBus(): Promise<Readonly<Record<string, unknown>>[]> {
  const story = tellStory()
  const decisions = [
    story.captured(orderOf()),
    story.did('create-order'),
    story.did('release-order'),
    story.shipped('P1', { MUG: 1 }),
    story.tell({
      type: 'command',
      id: 'c1',
      by: 'somebody',
      command: { do: 'cancel', reason: 'the customer called' },
    }),
  ]
  const { id: orderId, connection } = story.state
  const records = decisions.map(({ events }, index) => ({
    orderId,
    rev: index + 1,
    at: story.now,
    connection,
    events: [...events],
  }))
  const details: Readonly<Record<string, unknown>>[] = []
  await publishEvents(records, {
    name: async () => {},
    put: async (events) => events.map(({ detail }) => details.push(detail) > 0),
    measure: async () => {},
  })
  return JSON.parse(JSON.stringify(details))
}

test('the API in OpenAPI refers to nothing that is not there', () => {
  const text = readFileSync('docs/openapi.json', 'utf8')
  const { components } = JSON.parse(text)
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(Object.keys(components.schemas)).toContain(name)
  }
  expect(text).not.toMatch(/#\/\$defs|__shared/)
})

test('every problem is explained under its own name', () => {
  const headings = [...readFileSync('docs/api.md', 'utf8').matchAll(/^#+ (.+)$/gm)].map(
    ([, title]) => title,
  )
  expect(headings).toEqual(expect.arrayContaining(Object.keys(problemKinds)))
})
