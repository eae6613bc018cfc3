import { DefaultStackSynthesizer, Stage } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { Deployment } from '../deployment.ts'
import { ApiStack } from '../stacks/api-stack.ts'
import { ConnectionStack } from '../stacks/connection-stack.ts'
import { CoreStack } from '../stacks/core-stack.ts'
import { MonitoringStack } from '../stacks/monitoring-stack.ts'
import { StateStack } from '../stacks/state-stack.ts'

/** One environment: `Crossdock-<environment>-State`, `-Core`, `-Connection-<name>` for each connection, `-Api` and `-Monitoring`. */
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
    const core = new CoreStack(this, 'Core', {
      ...props('the way in, the outbox, the sweepers'),
      state,
    })
    for (const connection of deployment.connections) {
      new ConnectionStack(this, connection, { ...props(connection.id), state, core })
    }
    new ApiStack(this, 'Api', { ...props('the Capability API'), state, intake: core })
    const monitoring = new MonitoringStack(this, 'Monitoring', props('dashboards and alarms'))
    monitoring.topic?.hearAll(this)
  }
}
