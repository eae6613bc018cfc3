import { guarded } from '../../platform/wiring/guarded.ts'
import { deps } from './deps.ts'
import { sweepLedger } from './sweep-ledger.ts'

export const handler = guarded(() => sweepLedger(deps))
