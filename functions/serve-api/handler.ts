import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { guarded } from '../../platform/wiring/guarded.ts'
import { depsFor } from './deps.ts'
import { serveApi } from './serve-api.ts'

export const handler = guarded((event: APIGatewayProxyEventV2, context: Context) =>
  serveApi(event, depsFor(context)),
)
