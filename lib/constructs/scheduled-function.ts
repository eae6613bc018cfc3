import { Aws, Duration } from 'aws-cdk-lib'
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import type { z } from 'zod'
import type { Deployment } from '../deployment.ts'
import { CrossdockFunction } from './crossdock-function.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { undeliveredOf } from './undelivered.ts'

export interface ScheduledFunctionProps<E extends z.ZodObject> {
  readonly deployment: Deployment
  /** Folder under functions/. */
  readonly name: string
  readonly env: E
  readonly environment: z.input<E>
  readonly everyMinutes: number
  /** What the function is given besides `scheduledTime`. @default nothing */
  readonly input?: Readonly<Record<string, string>>
  /** What stops for the business when it does not run: one sentence. */
  readonly impact: string
  /** @default 10 seconds */
  readonly timeout?: Duration
  /** @default 512 MB */
  readonly memorySize?: number
}

/** A function that EventBridge Scheduler calls, with an alarm for silence. */
export class ScheduledFunction<E extends z.ZodObject> extends Construct {
  readonly function: CrossdockFunction<E>

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps<E>) {
    super(scope, id)
    const undelivered = undeliveredOf(this)
    this.function = new CrossdockFunction(this, 'Function', {
      ...props,
      failures: undelivered,
    })

    const { lambda } = this.function
    const caller = new Role(this, 'Caller', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    })
    caller.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    )
    caller.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [undelivered.queueArn] }),
    )

    const schedule = new CfnSchedule(this, 'Schedule', {
      scheduleExpression: rate(props.everyMinutes),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: lambda.functionArn,
        roleArn: caller.roleArn,
        input: JSON.stringify({
          ...props.input,
          scheduledTime: '<aws.scheduler.scheduled-time>',
        }),
        deadLetterConfig: { arn: undelivered.queueArn },
        // The next turn does what a late one would.
        retryPolicy: {
          maximumEventAgeInSeconds: Math.max(60, props.everyMinutes * 60),
          maximumRetryAttempts: 3,
        },
      },
    })
    schedule.node.addDependency(caller)

    new ImpactAlarm(this, 'Silent', {
      metric: lambda.metricInvocations({ period: Duration.minutes(props.everyMinutes) }),
      threshold: 1,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      missing: TreatMissingData.BREACHING,
      impact: props.impact,
      runbook: 'schedule-silent',
    })
  }
}

const rate = (minutes: number): string => `rate(${minutes} minute${minutes === 1 ? '' : 's'})`
