import { DefaultStackSynthesizer, PermissionsBoundary, Stage, Tags } from 'aws-cdk-lib'
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
    const { environment, account, region, tags = {}, permissionsBoundary: boundary } = deployment
    super(scope, `Crossdock-${environment}`, {
      env: { ...(account && { account }), ...(region && { region }) },
      ...(boundary && { permissionsBoundary: PermissionsBoundary.fromArn(boundary) }),
    })
    for (const [name, value] of Object.entries(tags)) Tags.of(this).add(name, value)
    const props = (description: string) => ({
      deployment,
      description: `Crossdock ${environment}: ${description}`,
      // Without it every template asks SSM for the bootstrap's version; uploading assets fails without one anyway.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    })

    const state = new StateStack(this, 'State', props('tables, raw messages, the bus'))
    const core = new CoreStack(this, 'Core', {
      ...props('intake, event publishing, the sweepers'),
      state,
    })
    const connections = deployment.connections.map(
      (connection) =>
        new ConnectionStack(this, connection, { ...props(connection.id), state, core }),
    )
    const api = new ApiStack(this, 'Api', { ...props('the Capability API'), state, intake: core })
    // Tables are known by name, which imports nothing that would say so.
    for (const stack of [core, ...connections, api]) stack.addStackDependency(state)
    const monitoring = new MonitoringStack(this, 'Monitoring', props('dashboards and alarms'))
    monitoring.topic?.hearAll(this)
  }
}
