import { deps } from './deps.ts'
import { exportCrossReferences } from './export-cross-references.ts'

export const handler = () => exportCrossReferences(deps)
