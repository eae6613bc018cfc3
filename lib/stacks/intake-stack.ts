import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { Env as PollEnv } from '../../functions/poll-connection/env.ts'
import { Env as ReceiveEnv } from '../../functions/receive-webhook/env.ts'
import { Env as TransformEnv } from '../../functions/transform-message/env.ts'
import { capableOf } from '../../schemas/settings.ts'
import { connectionName } from '../constructs/connection-name.ts'
import { CrossReferenceFiles } from '../constructs/cross-reference-files.ts'
import { CrossdockFunction } from '../constructs/crossdock-function.ts'
import { grantCount, grantLearn, ledgerEnvironment } from '../constructs/kept-stock.ts'
import { Lane } from '../constructs/lane.ts'
import { PrivacyRequests } from '../constructs/privacy-requests.ts'
import { ScheduledFunction } from '../constructs/scheduled-function.ts'
import { grantSecrets } from '../constructs/secrets.ts'
import { WebhookEndpoint } from '../constructs/webhook-endpoint.ts'
import type { DeployedConnection, Deployment } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface IntakeStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
}

/** The ways in: webhooks and polls with the queue they lead to and what reads it, and files. */
export class IntakeStack extends Stack {
  private readonly deployment: Deployment
  private readonly state: StateStack
  private readonly lane: Lane<typeof TransformEnv>
  /** Where requests about personal data go. */
  readonly privacy: IQueue

  constructor(scope: Construct, id: string, { deployment, state, ...props }: IntakeStackProps) {
    super(scope, id, props)
    this.deployment = deployment
    this.state = state
    this.privacy = new PrivacyRequests(this, 'PrivacyRequests', { deployment, state }).queue
    this.lane = this.transform()
    this.receive()
    for (const connection of deployment.connections) this.poll(connection)
    new CrossReferenceFiles(this, 'CrossReferenceFiles', { deployment, state })
  }

  /** Where everything that comes in goes first. */
  get queue(): IQueue {
    return this.lane.queue
  }

  private transform(): Lane<typeof TransformEnv> {
    const { people, cursors, raw } = this.state
    const channels = this.deployment.connections
      .filter(capableOf('orders'))
      .filter(({ hosts }) => hosts.length > 0)
    const lane = new Lane(this, 'Intake', {
      deployment: this.deployment,
      name: 'Intake',
      consumer: 'transform-message',
      env: TransformEnv,
      environment: ({ queueUrl }) => ({
        ...ledgerEnvironment(this.state),
        PEOPLE_TABLE: people.table.tableName,
        CURSORS_TABLE: cursors.table.tableName,
        RAW_BUCKET: raw.bucket.bucketName,
        INTAKE_QUEUE_URL: queueUrl,
        PRIVACY_QUEUE_URL: this.privacy.queueUrl,
      }),
      impact: 'New and changed orders of every channel wait before they reach the ledger.',
      // A batch is one invocation and one object of raw messages: what comes within a second shares them.
      batchSize: 50,
      batchWindow: Duration.seconds(1),
      maxConcurrency: 100,
      patience: Duration.minutes(5),
    })
    const kept = { deployment: this.deployment, state: this.state }
    grantLearn(lane.consumer, kept)
    if (this.deployment.connections.some(({ reports }) => reports)) grantCount(lane.consumer, kept)
    // A snapshot of an order that a person edited gets the edits that still hold.
    people.grantRead(lane.consumer)
    people.grantWrite(lane.consumer)
    cursors.grantAsk(
      lane.consumer,
      channels.map((channel) => channel.id),
    )
    raw.grantPut(lane.consumer)
    lane.consumer.allow(['sqs:SendMessage'], [this.privacy.queueArn])
    grantSecrets(lane.consumer, channels)
    return lane
  }

  private receive(): void {
    const senders = this.deployment.connections.filter(({ webhooks }) => webhooks)
    const receiver = new CrossdockFunction(this, 'ReceiveWebhook', {
      deployment: this.deployment,
      name: 'receive-webhook',
      env: ReceiveEnv,
      environment: { INTAKE_QUEUE_URL: this.lane.queue.queueUrl },
      // Shopify hangs up after five seconds.
      timeout: Duration.seconds(5),
    })
    receiver.allow(['sqs:SendMessage'], [this.lane.queue.queueArn])
    grantSecrets(receiver, senders)

    const { url } = new WebhookEndpoint(this, 'Webhooks', {
      deployment: this.deployment,
      receiver: receiver.lambda,
    })
    for (const { id } of senders) {
      new CfnOutput(this, `${connectionName(id)}Webhook`, {
        description: `Where ${id} sends its webhooks`,
        value: `${url}/${id}`,
      })
    }
  }

  private poll({ id, sweep, ...connection }: DeployedConnection): void {
    if (!sweep) return
    const { cursors, idempotency } = this.state
    const poll = new ScheduledFunction(this, `Poll${connectionName(id)}`, {
      deployment: this.deployment,
      name: 'poll-connection',
      env: PollEnv,
      environment: {
        CONNECTION: id,
        INTAKE_QUEUE_URL: this.lane.queue.queueUrl,
        CURSORS_TABLE: cursors.table.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
      },
      everyMinutes: sweep.everyMinutes,
      input: { connection: id },
      timeout: Duration.seconds(60),
      impact: `What the webhooks of ${id} miss is not polled either.`,
    }).function
    poll.allow(['sqs:SendMessage'], [this.lane.queue.queueArn])
    cursors.grantSweep(poll, id)
    poll.allow(
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [idempotency.tableArn],
    )
    grantSecrets(poll, [{ id, ...connection }])
  }
}
