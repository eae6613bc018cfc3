import { guarded } from '../../platform/wiring/guarded.ts'
import { deps } from './deps.ts'
import { exportCrossReferences } from './export-cross-references.ts'

export const handler = guarded(() => exportCrossReferences(deps))
