import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { CloudFault, Faults } from '../../local/cloud/faults.ts'
import { startTrial, type Trial } from './support/trial.ts'

describe('the cloud goes wrong as AWS does', () => {
  const due = new Map<string, number>()
  const faults: Faults = {
    strikes: (fault, where) => {
      const key = [...due.keys()].find((one) => `${fault} at ${where}`.startsWith(one)) ?? ''
      const left = due.get(key) ?? 0
      if (left > 0) due.set(key, left - 1)
      return left > 0
    },
    // After the work, and half a second late.
    draw: () => 0.99,
  }
  let trial: Trial
  beforeAll(async () => {
    trial = await startTrial({ timeScale: 0.05, faults })
    await trial.webhook({ id: 'warm' })
    await timesOf('warm')
  })
  afterAll(() => trial.close())
  afterEach(() => {
    expect([...due].filter(([, left]) => left > 0)).toEqual([])
    due.clear()
  })

  /** The next so many times, wherever the place begins so. */
  const plan = (fault: CloudFault, times = 1, where = '') => due.set(`${fault} at ${where}`, times)
  const named = (id: string) => trial.name(id)

  const itemsOf = async (id: string) => {
    const { Items = [] } = await trial.dynamodb.send(
      new QueryCommand({
        TableName: trial.name('Ledger'),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: id } },
      }),
    )
    return new Map(Items.map((item) => [item['sk']?.S, item]))
  }
  /** How often the message of this order was worked through, when that is over. */
  const timesOf = async (id: string) => {
    await trial.until(`order ${id}`, async () => (await itemsOf(id)).has('posted') || undefined)
    await trial.quiet()
    return Number((await itemsOf(id)).get('count')?.['times']?.N)
  }
  const receivedOf = async (id: string) => {
    const { attributes } = JSON.parse((await itemsOf(id)).get('head')?.['record']?.S ?? '')
    const { SentTimestamp, ApproximateFirstReceiveTimestamp } = attributes
    return { sent: Number(SentTimestamp), received: Number(ApproximateFirstReceiveTimestamp) }
  }
  const invocations = (fn: string) =>
    trial.happenings.flatMap((one) =>
      one.kind === 'invocation' && one.function === named(fn) ? [one] : [],
    )
  const during = async (fn: string, work: () => Promise<unknown>) => {
    const before = invocations(fn).length
    await work()
    return invocations(fn).slice(before)
  }

  test('a message comes twice', async () => {
    plan('message twice', 1, 'Trial')
    await trial.webhook({ id: 'twice' })
    expect(await timesOf('twice')).toBe(2)
  })

  test('a message that is late is overtaken', async () => {
    plan('message late')
    await Promise.all(['a', 'b'].map((id) => trial.webhook({ id })))
    expect(await Promise.all(['a', 'b'].map(timesOf))).toEqual([1, 1])
    const [late, early] = (await Promise.all(['a', 'b'].map(receivedOf))).toSorted(
      (one, other) => one.sent - other.sent,
    )
    expect(late?.received).toBeGreaterThan(early?.received ?? Number.NaN)
  })

  test('an event is delivered twice', async () => {
    plan('event twice')
    const posts = await during('Post', async () => {
      await trial.webhook({ id: 'event' })
      expect(await timesOf('event')).toBe(1)
    })
    expect(posts).toHaveLength(2)
  })

  test('a stream is read again from where it was before', async () => {
    await trial.webhook({ id: 'read' })
    await timesOf('read')
    plan('stream replayed')
    const published = await during('Publish', async () => {
      await trial.webhook({ id: 'read again' })
      await timesOf('read again')
    })
    expect(published).toHaveLength(2)
  })

  test('a process that is killed after its work was done has not answered, and its message comes again', async () => {
    plan('killed', 1, `UpdateItem of ${named('Transform')}`)
    const runs = await during('Transform', async () => {
      await trial.webhook({ id: 'killed' })
      expect(await timesOf('killed')).toBe(2)
    })
    expect(runs.map(({ error }) => error?.errorType)).toEqual(['Runtime.ExitError', undefined])
  })

  test.each([
    ['table throttled', 'UpdateItem', 'is asked again by the SDK', 1, 1],
    ['table throttled', 'TransactWriteItems', 'fails a transaction with a reason', 1, 2],
    ['transaction conflict', 'TransactWriteItems', 'fails a transaction with a reason', 1, 2],
    ['aws busy', 'UpdateItem', 'is asked again by the SDK', 1, 1],
    ['aws answer lost', 'UpdateItem', 'is asked again by the SDK and done twice', 2, 1],
  ] as const)('%s: a call of %s %s', async (fault, action, _, times, runs) => {
    const id = `${fault} ${action}`
    plan(fault, 1, `${action} of ${named('Transform')}`)
    const all = await during('Transform', async () => {
      await trial.webhook({ id })
      expect(await timesOf(id)).toBe(times)
    })
    expect(all).toHaveLength(runs)
  })

  test('an asynchronous invocation happens twice', async () => {
    await trial.quiet()
    const ticks = await during('Tick', async () => {
      plan('invoked twice')
      await trial.until('a tick', () => [...due.values()].every((left) => left === 0) || undefined)
      await trial.quiet()
    })
    expect(ticks).toHaveLength(2)
  })
})
