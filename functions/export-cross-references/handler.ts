import { guarded } from '../../platform/guarded.ts'
import { deps } from './deps.ts'
import { exportCrossReferences } from './export-cross-references.ts'

export const handler = guarded(() => exportCrossReferences(deps))
