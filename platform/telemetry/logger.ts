import { Logger } from '@aws-lambda-powertools/logger'

/**
 * The only logger. Messages are constant sentences; variable data goes in allow-listed fields. Never a payload: bodies
 * and addresses are personal data.
 */
const powertools = new Logger()

export interface Fields {
  readonly orderId?: string | undefined
  readonly connection?: string
  readonly intentId?: string
  readonly traceparent?: string | undefined
  readonly reason?: string
  readonly next?: string
  readonly count?: number
  readonly did?: string
  /** Who read personal data, and why. */
  readonly by?: string
  readonly purpose?: string
}

export const logger = {
  info: (message: string, fields: Fields = {}): void => powertools.info(message, { ...fields }),
  warn: (message: string, fields: Fields = {}): void => powertools.warn(message, { ...fields }),
  error: (message: string, fields: Fields = {}): void => powertools.error(message, { ...fields }),
}
