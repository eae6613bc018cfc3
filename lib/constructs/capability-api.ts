import { Duration } from 'aws-cdk-lib'
import { HttpApi, HttpMethod, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { roles, scopeOf } from '../../schemas/api/roles.ts'
import type { ApiSettings } from '../../schemas/settings.ts'
import type { Deployment } from '../deployment.ts'
import { CallerRoles } from './caller-roles.ts'
import { ImpactAlarm } from './impact-alarm.ts'
import { openStage } from './open-stage.ts'

export interface CapabilityApiProps {
  readonly deployment: Deployment
  readonly server: IFunction
}

/**
 * The door for people and partners: everything under `/v1`, for whom the settings let in. It is one route, so that the
 * function can say 404 and 405 as problems, and unauthorized callers do not learn the paths.
 */
export class CapabilityApi extends Construct {
  readonly url: string

  constructor(scope: Construct, id: string, { deployment, server }: CapabilityApiProps) {
    super(scope, id)
    const api = new HttpApi(this, 'Api', {
      description: `Crossdock ${deployment.environment}: orders, timelines, exceptions, commands`,
      createDefaultStage: false,
      defaultAuthorizer: authorizer(deployment.api),
    })
    const isIam = deployment.api.authorizer === 'iam'
    api.addRoutes({
      path: '/v1/{proxy+}',
      methods: [HttpMethod.ANY],
      // Which of them an endpoint needs is for the function to say.
      ...(!isIam && { authorizationScopes: roles.map(scopeOf) }),
      integration: new HttpLambdaIntegration('Serve', server),
    })
    // A shop floor's tills and a desk of people; a partner's import of orders has to slow down.
    openStage(this, { deployment, api, throttle: { rateLimit: 200, burstLimit: 400 } })
    const { environment } = deployment
    if (isIam) new CallerRoles(this, 'Roles', { environment, apiId: api.apiId })
    this.url = `${api.apiEndpoint}/v1`

    new ImpactAlarm(this, 'Failing', {
      metric: api.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' }),
      threshold: 5,
      periods: 5,
      breaching: 3,
      impact: 'Tills and partners cannot submit orders, and the exception desk does not load.',
      runbook: 'api-failing',
    })
  }
}

const authorizer = (settings: ApiSettings): IHttpRouteAuthorizer =>
  settings.authorizer === 'iam'
    ? new HttpIamAuthorizer()
    : new HttpJwtAuthorizer('Tokens', settings.issuer, { jwtAudience: [...settings.audience] })
