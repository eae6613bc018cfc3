import { standardWebhooks } from '../standard-webhooks.ts'

export const door = standardWebhooks()
