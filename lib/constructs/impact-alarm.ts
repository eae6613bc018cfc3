import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'

/** Headings of docs/runbook.md; a test checks that each exists. */
export type RunbookHeading =
  | 'api-failing'
  | 'connection-halted'
  | 'dead-letters'
  | 'disclosure-waiting'
  | 'effect-in-doubt'
  | 'exceptions-overdue'
  | 'messages-waiting'
  | 'no-orders'
  | 'outcome-unknown'
  | 'schedule-silent'
  | 'service-level-at-risk'
  | 'stock-drift'
  | 'stock-drift-raised'
  | 'stock-not-projected'
  | 'stock-not-published'
  | 'stock-oversold'
  | 'stock-refused'
  | 'stream-behind'
  | 'undelivered'
  | 'unpublished-commits'
  | 'breaker-open'
  | 'webhooks-failing'

export interface ImpactAlarmProps {
  readonly metric: IMetric
  /** What stops or suffers for the business: one sentence. */
  readonly impact: string
  readonly runbook: RunbookHeading
  readonly threshold: number
  /** @default at or above the threshold */
  readonly when?: ComparisonOperator
  /** @default 1 */
  readonly periods?: number
  /** How many of the periods must breach. @default all */
  readonly breaching?: number
  /** @default not breaching: most metrics are not reported while nothing happens */
  readonly missing?: TreatMissingData
  /**
   * Whether what is counted once stays as it is until a person has dealt with it, who then resets the alarm: silence ends nothing.
   * @default false
   */
  readonly untilReset?: boolean
}

/** An alarm that says whom it hurts and where to read on. */
export class ImpactAlarm extends Construct {
  readonly alarm: Alarm

  constructor(scope: Construct, id: string, props: ImpactAlarmProps) {
    super(scope, id)
    const periods = props.periods ?? 1
    this.alarm = new Alarm(this, 'Alarm', {
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.when ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: props.breaching ?? periods,
      treatMissingData: props.untilReset
        ? TreatMissingData.IGNORE
        : (props.missing ?? TreatMissingData.NOT_BREACHING),
      alarmDescription: `${props.impact}\nRunbook: docs/runbook.md#${props.runbook}`,
    })
  }
}
