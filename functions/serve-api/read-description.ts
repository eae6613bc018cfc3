import { ok } from '../../domain/result.ts'
import { endpoints } from '../../schemas/api/endpoints.ts'
import { openApi } from '../../schemas/api/openapi.ts'
import type { Handle } from './route.ts'

/** This API in OpenAPI 3.1, from the schemas that judge its requests. */
export const readDescription: Handle<typeof endpoints.readDescription> = async () =>
  ok(openApi(endpoints))
