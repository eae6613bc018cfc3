import { doorOf } from '../kit/signatures.ts'

export const door = doorOf('standard-webhooks', ['x-webhook-topic'])
