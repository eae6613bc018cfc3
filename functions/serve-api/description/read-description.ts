import { ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Handle } from '../route.ts'

/** This API in OpenAPI 3.1, made from the schemas that judge its requests. */
export const readDescription: Handle<typeof endpoints.readDescription> = async (_, deps) =>
  ok(deps.describe())
