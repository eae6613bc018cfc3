import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { Env } from '../../functions/serve-api/env.ts'
import { CapabilityApi } from '../constructs/capability-api.ts'
import { CrossdockFunction } from '../constructs/crossdock-function.ts'
import { grantCount, grantLearn, ledgerEnvironment } from '../constructs/kept-stock.ts'
import type { Deployment } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface ApiStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
  /** Where what comes in goes first. */
  readonly intake: { readonly queue: IQueue; readonly privacy: IQueue }
}

/** The Capability API: orders in, what became of them, the exception desk. */
export class ApiStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { deployment, state, intake, ...props }: ApiStackProps,
  ) {
    super(scope, id, props)
    const { ledger, people, idempotency } = state
    const server = new CrossdockFunction(this, 'ServeApi', {
      deployment,
      name: 'serve-api',
      env: Env,
      environment: {
        ...ledgerEnvironment(state),
        PEOPLE_TABLE: people.table.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
        INTAKE_QUEUE_URL: intake.queue.queueUrl,
        PRIVACY_QUEUE_URL: intake.privacy.queueUrl,
      },
    })
    grantLearn(server, { deployment, state })
    grantCount(server, { deployment, state })
    state.stock.grantTerms(server)
    state.stock.grantTermsHistory(server)
    ledger.grantSearch(server)
    people.grantRead(server)
    people.grantWrite(server)
    server.allow(['sqs:SendMessage'], [intake.queue.queueArn, intake.privacy.queueArn])
    server.allow(
      ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [idempotency.tableArn],
    )

    const { url } = new CapabilityApi(this, 'Capabilities', { deployment, server: server.lambda })
    new CfnOutput(this, 'Url', { description: 'URL of the Capability API', value: url })
  }
}
