import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { Env as ExportEnv } from '../../functions/export-cross-references/env.ts'
import { Env as ImportEnv } from '../../functions/import-cross-references/env.ts'
import type { Deployment } from '../deployment.ts'
import type { CrossReferences } from './cross-references.ts'
import type { ExchangedFiles } from './exchanged-files.ts'
import { grantLearn, ledgerEnvironment } from './kept-stock.ts'
import { Lane } from './lane.ts'
import type { Ledger } from './ledger.ts'
import { ScheduledFunction } from './scheduled-function.ts'
import type { Stock } from './stock.ts'
import { uploadsTo } from './uploads.ts'

export interface CrossReferenceFilesProps {
  readonly deployment: Deployment
  readonly state: {
    readonly ledger: Ledger
    readonly crossReferences: CrossReferences
    readonly files: ExchangedFiles
    readonly stock: Stock
  }
}

const impact = 'New cross-references are not imported, and orders that wait for them keep waiting.'

/** Names by file: what people put into `imports/` is imported, and once a day all of it is exported. */
export class CrossReferenceFiles extends Construct {
  constructor(scope: Construct, id: string, { deployment, state }: CrossReferenceFilesProps) {
    super(scope, id)
    const { crossReferences, files } = state
    const environment = {
      CROSS_REFERENCES_TABLE: crossReferences.table.tableName,
      FILES_BUCKET: files.bucket.bucketName,
    }
    const imports = new Lane(this, 'Imports', {
      deployment,
      name: 'CrossReferenceImports',
      consumer: 'import-cross-references',
      env: ImportEnv,
      environment: () => ({ ...environment, ...ledgerEnvironment(state) }),
      impact,
      // Two files that name one code are taken in the order in which they came.
      inOrder: true,
      putsBack: false,
      maxConcurrency: 2,
      timeout: Duration.minutes(5),
      memorySize: 1024,
    })
    crossReferences.grantKeep(imports.consumer)
    if (deployment.stock) state.stock.grantRequestListings(imports.consumer)
    grantLearn(imports.consumer, { deployment, state })
    files.grantRead(imports.consumer, 'imports')
    files.grantPut(imports.consumer, 'results')
    uploadsTo(this, {
      bucket: files.bucket,
      folder: 'imports',
      queue: imports.queue,
      description: 'Files of cross-references that people put into the bucket',
    })

    const exporter = new ScheduledFunction(this, 'Exports', {
      deployment,
      name: 'export-cross-references',
      env: ExportEnv,
      environment,
      everyMinutes: 24 * 60,
      timeout: Duration.minutes(5),
      impact: 'The export of cross-references is out of date.',
    }).function
    crossReferences.grantList(exporter)
    files.grantPut(exporter, 'exports')
  }
}
