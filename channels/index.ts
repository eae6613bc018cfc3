import type { Channel } from './contract.ts'

export const channels: readonly Channel[] = []
