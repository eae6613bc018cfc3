import { tenConnections } from '../../bench/idle.ts'
import { templatesOf } from '../../lib/templates.ts'
import { deploymentFrom } from '../support/synthesized.ts'

interface Resource {
  readonly id: string
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
}

const templates = templatesOf(deploymentFrom(tenConnections(process.cwd())), {}).map(
  ({ Resources }): readonly Resource[] =>
    Object.entries(Resources).map(([id, { Type, Properties = {} }]) => ({
      id,
      type: Type,
      properties: Properties,
    })),
)
const alarmsIn = (template: readonly Resource[]) =>
  template.filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
const headingOf = ({ properties }: Resource): string =>
  String(properties['AlarmDescription']).split('#')[1] ?? ''

/** What can fail by itself, how it is known in a template, and the heading of the alarm that looks at it or at what it names. */
const failures: Readonly<
  Record<
    string,
    {
      readonly is: (one: Resource) => boolean
      readonly by: keyof Resource | string
      readonly heading: RegExp
    }
  >
> = {
  'a message that died': {
    is: ({ type, properties }) =>
      type === 'AWS::SQS::Queue' && String(properties['QueueName']).includes('DeadLetters'),
    by: 'id',
    heading: /^dead-letters$/,
  },
  'messages that wait': {
    is: ({ type, properties }) =>
      type === 'AWS::Lambda::EventSourceMapping' && properties['StartingPosition'] === undefined,
    by: 'EventSourceArn',
    heading: /^messages-waiting$/,
  },
  'a stream that is behind': {
    is: ({ type, properties }) =>
      type === 'AWS::Lambda::EventSourceMapping' && properties['StartingPosition'] !== undefined,
    by: 'FunctionName',
    heading: /^stream-behind$/,
  },
  'records that were given up': {
    is: ({ type, properties }) =>
      type === 'AWS::Lambda::EventSourceMapping' && properties['StartingPosition'] !== undefined,
    by: 'DestinationConfig',
    heading: /^(unpublished-commits|stock-not-projected)$/,
  },
  'an event that was not delivered': {
    is: ({ type }) => type === 'AWS::Events::Rule',
    by: 'Targets.0.DeadLetterConfig',
    heading: /^undelivered$/,
  },
  'a turn that was not delivered': {
    is: ({ type }) => type === 'AWS::Scheduler::Schedule',
    by: 'Target.DeadLetterConfig',
    heading: /^undelivered$/,
  },
  'a turn that failed': {
    is: ({ type, properties }) =>
      type === 'AWS::Lambda::Function' && properties['DeadLetterConfig'] !== undefined,
    by: 'DeadLetterConfig',
    heading: /^undelivered$/,
  },
  'a schedule that is silent': {
    is: ({ type }) => type === 'AWS::Scheduler::Schedule',
    by: 'Target.Arn',
    heading: /^schedule-silent$/,
  },
  'an API that answers with errors': {
    is: ({ type }) => type === 'AWS::ApiGatewayV2::Api',
    by: 'id',
    heading: /^(webhooks|api)-failing$/,
  },
}

test.each(Object.entries(failures))('%s raises one alarm', (_, { is, by, heading }) => {
  const resources = templates.flatMap((template) =>
    template.filter(is).map((one) => ({ one, alarms: alarmsIn(template) })),
  )
  expect(resources.length).toBeGreaterThan(0)
  for (const { one, alarms } of resources) {
    const ids = by === 'id' ? [one.id] : logicalIds(at(one.properties, by))
    const found = alarms
      .filter((alarm) => heading.test(headingOf(alarm)))
      .filter(({ properties }) =>
        logicalIds(properties['Dimensions']).some((id) => ids.includes(id)),
      )
    expect([one.id, found.length]).toEqual([one.id, 1])
  }
})

test('what functions count has one alarm for each concern, whichever connections there are', () => {
  const queries = templates.flatMap(alarmsIn).flatMap((alarm) => {
    const query = String(at(alarm.properties, 'Metrics.0.Expression') ?? '')
    return query.startsWith('SELECT') ? [`${headingOf(alarm)}: ${query}`] : []
  })
  expect(queries.toSorted().join('\n')).toMatchSnapshot()
})

test('every channel has an alarm for orders that stop coming, an outage of its own apart', () => {
  const silent = templates
    .flatMap(alarmsIn)
    .filter((alarm) => headingOf(alarm) === 'no-orders')
    .map(({ properties }) => at(properties, 'Metrics.0.Expression') ?? properties['MetricName'])
  const unlessDown = 'IF(FILL(down, 0) > 0, 1, FILL(orders, 0))'
  expect(silent.toSorted()).toEqual([...Array(4).fill(unlessDown), 'OrdersCaptured'])
})

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((each, key) => (each instanceof Object ? Reflect.get(each, key) : undefined), value)
}

/** What a value refers to in its template. */
function logicalIds(value: unknown): readonly string[] {
  if (!(value instanceof Object)) return []
  const [[key, argument] = []] = Object.entries(value)
  if (key === 'Ref') return [String(argument)]
  if (key === 'Fn::GetAtt') return [String(argument[0])]
  return Object.values(value).flatMap(logicalIds)
}
