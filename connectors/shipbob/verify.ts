import { standardWebhooks } from '../kit/standard-webhooks.ts'

export const door = standardWebhooks(['x-webhook-topic'])
