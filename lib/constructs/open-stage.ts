import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  type HttpApi,
  HttpStage,
  LogGroupLogDestination,
  type ThrottleSettings,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Deployment } from '../deployment.ts'

export interface OpenStageProps {
  readonly deployment: Deployment
  readonly api: HttpApi
  readonly throttle: Required<ThrottleSettings>
}

/** Opens an API to callers: its one stage, throttled, with a log of every call. */
export function openStage(scope: Construct, { deployment, api, throttle }: OpenStageProps): void {
  const accessLog = new LogGroup(scope, 'AccessLog', {
    retention: deployment.keep.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle,
    accessLogSettings: {
      destination: new LogGroupLogDestination(accessLog),
      format: AccessLogFormat.custom(JSON.stringify(loggedOfEachCall)),
    },
  })
}

/** Nothing here points at a customer: neither address nor agent nor body. */
const loggedOfEachCall = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  path: '$context.path',
  status: '$context.status',
  latency: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
}
