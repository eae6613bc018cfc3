import { Duration, Validations } from 'aws-cdk-lib'
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Deployment } from '../deployment.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { openStage } from './open-stage.ts'

export interface WebhookEndpointProps {
  readonly deployment: Deployment
  readonly receiver: IFunction
}

/** The public door: `POST /webhooks/{channel}/{connection}`. */
export class WebhookEndpoint extends Construct {
  /** Without the path. */
  readonly host: string

  constructor(scope: Construct, id: string, props: WebhookEndpointProps) {
    super(scope, id)
    const api = new HttpApi(this, 'Api', {
      description: `Crossdock ${props.deployment.environment}: webhooks`,
      createDefaultStage: false,
    })
    const [route] = api.addRoutes({
      path: '/webhooks/{channel}/{connection}',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Receive', props.receiver),
    })
    openStage(this, {
      deployment: props.deployment,
      api,
      // An order is some four webhooks: 14,000 orders a minute. What is refused is sent again.
      throttle: { rateLimit: 1000, burstLimit: 2000 },
    })
    this.host = api.apiEndpoint

    new ImpactAlarm(this, 'Failing', {
      metric: api.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' }),
      threshold: 5,
      periods: 5,
      breaching: 3,
      impact: 'Webhooks are rejected; orders arrive late, by poll only.',
      runbook: 'webhooks-failing',
    })
    if (route) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'Channels have no AWS credentials: receive-webhook checks the signature over the raw bytes first.',
      })
    }
  }
}
