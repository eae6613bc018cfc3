import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { guarded } from '../../platform/wiring/guarded.ts'
import { deps } from './deps.ts'
import { receiveWebhook } from './receive-webhook.ts'

export const handler = guarded((event: APIGatewayProxyEventV2) => receiveWebhook(event, deps))
