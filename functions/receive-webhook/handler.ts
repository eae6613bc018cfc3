import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { deps } from './deps.ts'
import { receiveWebhook } from './receive-webhook.ts'

export const handler = (event: APIGatewayProxyEventV2) => receiveWebhook(event, deps)
