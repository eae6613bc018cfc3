import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { capableOf } from '../../schemas/settings.ts'
import { ConnectionLane } from '../constructs/connection-lane.ts'
import { Publisher } from '../constructs/publisher.ts'
import type { Deployment } from '../deployment.ts'
import type { StateStack } from './state-stack.ts'

export interface DeliveryStackProps extends StackProps {
  readonly deployment: Deployment
  readonly state: StateStack
}

const backOffice = ['accounting', 'fulfilment'] as const

/** From the ledger to the systems that fulfil and account, one lane each. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, state, ...props }: DeliveryStackProps) {
    super(scope, id, props)
    new Publisher(this, 'Publisher', { deployment, state })

    for (const connection of deployment.connections) {
      if (backOffice.some((capability) => capableOf(capability)(connection))) {
        new ConnectionLane(this, connection, { deployment, state })
      }
    }
  }
}
