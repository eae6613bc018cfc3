import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { Env as ReceiveEnv } from '../../functions/receive-webhook/env.ts'
import { Env as SweepLedgerEnv } from '../../functions/sweep-ledger/env.ts'
import { Env as SweepListingsEnv } from '../../functions/sweep-listings/env.ts'
import { Env as TransformEnv } from '../../functions/transform-message/env.ts'
import { capableOf } from '../../schemas/settings.ts'
import { CrossReferenceFiles } from '../constructs/cross-reference-files.ts'
import { CrossdockFunction } from '../constructs/crossdock-function.ts'
import { grantCount, grantLearn, ledgerEnvironment } from '../constructs/kept-stock.ts'
import { Lane } from '../constructs/lane.ts'
import { grantHints } from '../constructs/listings-queue.ts'
import { PrivacyRequests } from '../constructs/privacy-requests.ts'
import { Publisher } from '../constructs/publisher.ts'
import { ScheduledFunction } from '../constructs/scheduled-function.ts'
import { grantSecretsOfMany } from '../constructs/secrets.ts'
import { StockImports } from '../constructs/stock-imports.ts'
import { StockProjector } from '../constructs/stock-projector.ts'
import { WebhookEndpoint } from '../constructs/webhook-endpoint.ts'
import { type Deployment, publishesListings } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface CoreStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
}

/**
 * What all connections share: the way in with the queue it leads to, what reads that queue, the ledger's outbox and its sweeper, files, and
 * the stock that is worked out from what is counted.
 */
export class CoreStack extends Stack {
  private readonly deployment: Deployment
  private readonly state: StateStack
  private readonly intake: Lane<typeof TransformEnv>
  private readonly endpoint: WebhookEndpoint
  /** Where requests about personal data go. */
  readonly privacy: IQueue

  constructor(scope: Construct, id: string, { deployment, state, ...props }: CoreStackProps) {
    super(scope, id, props)
    this.deployment = deployment
    this.state = state
    this.privacy = new PrivacyRequests(this, 'PrivacyRequests', { deployment, state }).queue
    this.intake = this.transform()
    this.endpoint = this.receive()
    new Publisher(this, 'Publisher', { deployment, state })
    this.sweepLedger()
    new CrossReferenceFiles(this, 'CrossReferenceFiles', { deployment, state })
    if (deployment.stock) this.projectStock()
    // The same under all settings: a connection comes and goes without a change here.
    for (const { queueUrl, queueArn } of [this.queue, this.privacy]) {
      this.exportValue(queueUrl)
      this.exportValue(queueArn)
    }
    this.exportValue(this.endpoint.host)
  }

  /** Where everything that comes in goes first. */
  get queue(): IQueue {
    return this.intake.queue
  }

  /** Where channels and systems send their webhooks; the connection's id follows. */
  get webhooksUrl(): string {
    return `${this.endpoint.host}/webhooks`
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
      impact: 'New and changed orders of all channels wait before they reach the ledger.',
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
    cursors.grantAskMany(lane.consumer, channels)
    raw.grantPut(lane.consumer)
    lane.consumer.allow(['sqs:SendMessage'], [this.privacy.queueArn])
    grantSecretsOfMany(lane.consumer, this.deployment, channels)
    return lane
  }

  private receive(): WebhookEndpoint {
    const receiver = new CrossdockFunction(this, 'ReceiveWebhook', {
      deployment: this.deployment,
      name: 'receive-webhook',
      env: ReceiveEnv,
      environment: { INTAKE_QUEUE_URL: this.queue.queueUrl },
      // Shopify hangs up after five seconds.
      timeout: Duration.seconds(5),
    })
    receiver.allow(['sqs:SendMessage'], [this.queue.queueArn])
    const senders = this.deployment.connections.filter(({ webhooks }) => webhooks)
    grantSecretsOfMany(receiver, this.deployment, senders)
    return new WebhookEndpoint(this, 'Webhooks', {
      deployment: this.deployment,
      receiver: receiver.lambda,
    })
  }

  private sweepLedger(): void {
    const { deployment, state } = this
    const sweeper = new ScheduledFunction(this, 'SweepLedger', {
      deployment,
      name: 'sweep-ledger',
      env: SweepLedgerEnv,
      environment: ledgerEnvironment(state),
      everyMinutes: 1,
      timeout: Duration.seconds(30),
      // One core: what it bears when everything is late is a matter of CPU.
      memorySize: 1769,
      impact: 'Overdue orders are not found.',
    }).function
    grantLearn(sweeper, { deployment, state })
    state.ledger.grantFindDue(sweeper)
  }

  /** From counts to stock, and from changed stock to the queues of the channels that sell it. */
  private projectStock(): void {
    const { deployment, state, queue } = this
    new StockImports(this, 'Counting', { deployment, state })
    new StockProjector(this, 'Projector', { deployment, state, neighbour: queue })
    if (!deployment.connections.some(publishesListings(deployment))) return

    const sweeper = new ScheduledFunction(this, 'SweepListings', {
      deployment,
      name: 'sweep-listings',
      env: SweepListingsEnv,
      environment: {
        STOCK_TABLE: state.stock.table.tableName,
        CURSORS_TABLE: state.cursors.table.tableName,
        INTAKE_QUEUE_URL: queue.queueUrl,
      },
      everyMinutes: 1,
      timeout: Duration.seconds(50),
      impact:
        'Quantities that were lost on their way to a channel stay lost until the next comparison.',
    }).function
    state.stock.grantProject(sweeper)
    state.stock.grantFindDirty(sweeper)
    state.cursors.grantGlance(sweeper)
    grantHints(sweeper, deployment)
  }
}
