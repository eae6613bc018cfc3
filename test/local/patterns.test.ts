import fc from 'fast-check'
import { timetable } from '../../local/cloud/aws-cron.ts'
import { matches, unsupportedIn } from '../../local/cloud/event-pattern.ts'
import { metricsIn } from '../../local/cloud/metrics.ts'

describe('an event pattern', () => {
  const event = {
    source: 'crossdock',
    detail: {
      connection: 'netsuite/demo-erp',
      amount: 42,
      empty: null,
      tags: ['a', 'b'],
      lines: [
        { sku: 'x', quantity: 1 },
        { sku: 'y', quantity: 5 },
      ],
    },
  }

  test.each<[string, object, boolean]>([
    ['a value', { source: ['crossdock'] }, true],
    ['another value', { source: ['shop'] }, false],
    ['one of several', { source: ['shop', 'crossdock'] }, true],
    ['a nested value', { detail: { connection: ['netsuite/demo-erp'] } }, true],
    ['one of an array', { detail: { tags: ['b'] } }, true],
    ['an object in an array', { detail: { lines: { sku: ['y'] } } }, true],
    ['null', { detail: { empty: [null] } }, true],
    ['a prefix', { detail: { connection: [{ prefix: 'netsuite/' }] } }, true],
    ['a suffix', { detail: { connection: [{ suffix: '-wms' }] } }, false],
    ['a prefix in any case', { source: [{ prefix: { 'equals-ignore-case': 'CROSS' } }] }, true],
    ['any case', { source: [{ 'equals-ignore-case': 'CROSSDOCK' }] }, true],
    ['a wildcard', { detail: { connection: [{ wildcard: 'net*/*-erp' }] } }, true],
    ['a range', { detail: { amount: [{ numeric: ['>', 40, '<=', 42] }] } }, true],
    ['outside a range', { detail: { amount: [{ numeric: ['>', 42] }] } }, false],
    ['anything but', { source: [{ 'anything-but': ['shop'] }] }, true],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'cross' } }] }, false],
    ['existence', { detail: { amount: [{ exists: true }] } }, true],
    ['absence', { detail: { nothing: [{ exists: false }] } }, true],
    ['absence of what is there', { detail: { amount: [{ exists: false }] } }, false],
    ['a missing parent', { other: { deep: ['x'] } }, false],
    ['or', { $or: [{ source: ['shop'] }, { detail: { amount: [42] } }] }, true],
    ['a number is no text', { detail: { amount: ['42'] } }, false],
  ])('matches %s', (_, pattern, expected) => {
    expect(unsupportedIn(pattern)).toBeUndefined()
    expect(matches({ ...pattern }, event)).toBe(expected)
  })

  test('made of an event’s own values matches it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }),
          fc.oneof(fc.string(), fc.integer(), fc.boolean()),
        ),
        (fields) => {
          const own = Object.fromEntries(
            Object.entries(fields)
              .filter(([name]) => name !== '$or')
              .map(([name, value]) => [name, [value]]),
          )
          return matches(own, fields)
        },
      ),
    )
  })
})

describe('a schedule expression', () => {
  const from = new Date('2026-11-21T06:42:10Z') // a Saturday
  const next = (expression: string, timezone?: string) => {
    const wait = timetable(expression, timezone).next(from)
    return wait === undefined ? undefined : new Date(from.getTime() + wait).toISOString()
  }

  test.each([
    ['rate(1 minute)', '2026-11-21T06:43:10.000Z'],
    ['rate(2 hours)', '2026-11-21T08:42:10.000Z'],
    ['cron(0 12 * * ? *)', '2026-11-21T12:00:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-11-21T06:45:00.000Z'],
    ['cron(0 9 ? * 2-6 *)', '2026-11-23T09:00:00.000Z'],
    ['cron(0 9 ? * SUN *)', '2026-11-22T09:00:00.000Z'],
    ['cron(0 9 ? * 1 *)', '2026-11-22T09:00:00.000Z'],
    ['cron(0 9 ? * 2#1 *)', '2026-12-07T09:00:00.000Z'],
    ['cron(0 9 L * ? *)', '2026-11-30T09:00:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2028-01-01T00:00:00.000Z'],
    ['at(2026-11-21T07:00:00)', '2026-11-21T07:00:00.000Z'],
    ['at(2020-01-01T00:00:00)', undefined],
  ])('%s comes next at %s', (expression, expected) => {
    expect(next(expression)).toBe(expected)
  })

  test('is read in its own time zone', () => {
    expect(next('cron(0 9 * * ? *)', 'America/New_York')).toBe('2026-11-21T14:00:00.000Z')
  })

  test.each(['rate(0 minutes)', 'rate(x)', 'cron(* * *)', 'every day'])(
    '%s is refused',
    (expression) => {
      expect(() => timetable(expression)).toThrow()
    },
  )
})

describe('a log line', () => {
  test.each(['', 'plain', '{"_aws":', '{"_aws":{}}', '{"a":1}'])(
    'without a metric gives none: %s',
    (line) => {
      expect(metricsIn('fn', line)).toEqual([])
    },
  )

  test('gives each metric once for each set of dimensions', () => {
    const line = JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'N',
            Dimensions: [['a'], ['a', 'b']],
            Metrics: [{ Name: 'm' }, { Name: 'absent' }],
          },
        ],
      },
      a: 'x',
      b: 'y',
      m: [1, 2],
    })
    expect(metricsIn('fn', line).map(({ dimensions, values }) => [dimensions, values])).toEqual([
      [{ a: 'x' }, [1, 2]],
      [{ a: 'x', b: 'y' }, [1, 2]],
    ])
  })
})
