import { deps } from './deps.ts'
import { sweepLedger } from './sweep-ledger.ts'

export const handler = () => sweepLedger(deps)
