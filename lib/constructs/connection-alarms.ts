import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { ImpactAlarm, type ImpactAlarmProps } from './impact-alarm.ts'

/** The share of orders that may miss a stage's limit. */
const errorBudget = 0.01

/** At this pace a month's budget is gone in two days (Google's SRE workbook, chapter 5). */
const burnRate = 14.4

/** A burst counts when it lasts: three of the twelve five-minute windows in an hour. */
const tooMany = { threshold: errorBudget * burnRate, periods: 12, breaching: 3 }

interface Concern extends Omit<ImpactAlarmProps, 'metric'> {
  /** A query of Metrics Insights without `FROM`. */
  readonly of: `${'AVG' | 'MAX' | 'SUM'}(${string})`
  /** Dimensions; each combination of their values is a contributor with a state and notifications of its own. */
  readonly by: readonly string[]
  readonly where?: string
  /** @default 5 */
  readonly minutes?: number
}

/**
 * What functions count of connections, one row for each concern. A row is one alarm for all connections and costs nothing by the
 * connection while nothing is counted; CloudWatch notifies of every contributor by itself.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
 */
const concerns: Readonly<Record<string, Concern>> = {
  BreakerOpen: {
    of: 'SUM(BreakerOpened)',
    by: ['Connection'],
    threshold: 1,
    // A breaker counts once for each probe that fails, which after hours is every quarter of an hour: half an hour of memory keeps
    // one outage one alarm. An outage of less than five minutes raises no alarm.
    periods: 6,
    breaching: 2,
    impact: 'Everything asked of this connection waits, because it does not answer.',
    runbook: 'breaker-open',
  },
  ConnectionHalted: {
    of: 'SUM(ConnectionHalted)',
    by: ['Connection'],
    threshold: 1,
    periods: 6,
    breaching: 1,
    impact: 'Nothing asked of this connection can succeed, because it refuses our credentials.',
    runbook: 'connection-halted',
  },
  OutcomeUnknown: {
    of: 'SUM(OutcomeUnknown)',
    by: ['Connection'],
    threshold: 5,
    periods: 3,
    breaching: 2,
    impact:
      'Orders wait for look-ups, because this connection often does not say whether it did what it was asked.',
    runbook: 'outcome-unknown',
  },
  ServiceLevel: {
    of: 'AVG(StageMissed)',
    by: ['Connection', 'Stage'],
    where: "Stage != 'published'",
    ...tooMany,
    impact:
      'Orders of this channel do not reach this stage in time; the promise to its customers is at risk.',
    runbook: 'service-level-at-risk',
  },
}

/** What functions count of the listings of channels. */
const concernsOfListings: Readonly<Record<string, Concern>> = {
  ListingsLate: {
    of: 'AVG(StageMissed)',
    by: ['Connection', 'Stage'],
    where: "Stage = 'published'",
    ...tooMany,
    impact:
      'Customers of this channel see old numbers for too long: they buy what is not there, or cannot buy what is.',
    runbook: 'stock-not-published',
  },
  ListingsWaiting: {
    of: 'MAX(ListingsWaiting)',
    by: ['Connection'],
    // For example after a count of everything.
    threshold: 1000,
    periods: 3,
    impact: 'More listings wait for this channel than it takes in a quarter of an hour.',
    runbook: 'stock-not-published',
  },
  ListingsRefused: {
    of: 'SUM(PublishRefused)',
    by: ['Connection'],
    minutes: 15,
    threshold: 1,
    impact:
      'Some listings of this channel are sold by old numbers, because it does not take new ones.',
    runbook: 'stock-refused',
  },
}

/** What people have left past their deadline. */
const concernsOfPeople: Readonly<Record<string, Concern>> = {
  Overdue: {
    of: 'MAX(ExceptionsOverdue)',
    by: ['Owner'],
    threshold: 1,
    impact:
      'Customers wait for this owner, who had until the deadline to clear what keeps their orders.',
    runbook: 'exceptions-overdue',
  },
}

export interface ConnectionAlarmsProps {
  readonly namespace: string
  /** Whether quantities are published. */
  readonly publishes: boolean
}

/** One alarm for each concern, whichever connections there are. */
export class ConnectionAlarms extends Construct {
  constructor(scope: Construct, id: string, { namespace, publishes }: ConnectionAlarmsProps) {
    super(scope, id)
    const all = { ...concerns, ...concernsOfPeople, ...(publishes && concernsOfListings) }
    for (const [name, { of, by, where, minutes, ...alarm }] of Object.entries(all)) {
      const dimensions = by.join(', ')
      const statistic = of.slice(0, 3)
      const metric = new MathExpression({
        label: name,
        expression: [
          `SELECT ${of} FROM SCHEMA("${namespace}", ${dimensions})`,
          ...(where ? [`WHERE ${where}`] : []),
          `GROUP BY ${dimensions} ORDER BY ${statistic}() DESC`,
        ].join(' '),
        usingMetrics: {},
        period: Duration.minutes(minutes ?? 5),
      })
      new ImpactAlarm(this, name, { metric, ...alarm })
    }
  }
}
