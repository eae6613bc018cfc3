import { DefaultStackSynthesizer, Stage } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Deployment } from '../deployment.ts'
import { ApiStack } from '../stacks/api-stack.ts'
import { DeliveryStack } from '../stacks/delivery-stack.ts'
import { FeedbackStack } from '../stacks/feedback-stack.ts'
import { IntakeStack } from '../stacks/intake-stack.ts'
import { StateStack } from '../stacks/state-stack.ts'
import { StockStack } from '../stacks/stock-stack.ts'
import { WatchingStack } from '../stacks/watching-stack.ts'

/** One environment: `Crossdock-<environment>-State`, `-Watching`, `-Intake`, `-Delivery`, `-Feedback`, `-Api`, and `-Stock` where any is counted. */
export class Environment extends Stage {
  constructor(scope: Construct, deployment: Deployment) {
    const { environment, account, region } = deployment
    super(scope, `Crossdock-${environment}`, {
      env: { ...(account && { account }), ...(region && { region }) },
    })
    const props = (description: string) => ({
      deployment,
      description: `Crossdock ${environment}: ${description}`,
      // Without it every template asks SSM for the bootstrap's version; uploading assets fails without one anyway.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    })

    const state = new StateStack(this, 'State', props('tables, messages as they came, the bus'))
    const watching = new WatchingStack(this, 'Watching', props('dashboards and service levels'))
    const intake = new IntakeStack(this, 'Intake', {
      ...props('webhooks, polls, transform'),
      state,
    })
    new DeliveryStack(this, 'Delivery', { ...props('from the ledger to ERP and WMS'), state })
    new FeedbackStack(this, 'Feedback', { ...props('back to the channels'), state })
    if (deployment.stock) {
      new StockStack(this, 'Stock', { ...props('from stock to the channels that sell it'), state })
    }
    new ApiStack(this, 'Api', { ...props('the Capability API'), state, intake })
    watching.topic?.hearAll(this)
  }
}
