import type { Connector } from './contract.ts'

export const connectors: readonly Connector[] = []
