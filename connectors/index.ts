import { businessCentral } from './business-central/index.ts'
import type { Connector } from './contract.ts'
import { genericWebhook } from './generic-webhook/index.ts'
import { netsuite } from './netsuite/index.ts'
import { shipbob } from './shipbob/index.ts'

export const connectors: readonly Connector[] = [businessCentral, netsuite, shipbob, genericWebhook]
