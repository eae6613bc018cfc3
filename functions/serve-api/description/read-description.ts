import { ok } from '../../../domain/result.ts'
import type { endpoints } from '../../../schemas/api/endpoints.ts'
import type { Handle } from '../route.ts'

/** This API in OpenAPI 3.1, generated from the schemas that validate its requests. */
export const readDescription: Handle<typeof endpoints.readDescription> = async (_, deps) =>
  ok(deps.describe())
