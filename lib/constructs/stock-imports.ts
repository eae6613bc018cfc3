import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { Env } from '../../functions/import-stock/env.ts'
import type { Deployment } from '../deployment.ts'
import type { ExchangedFiles } from './exchanged-files.ts'
import { Lane } from './lane.ts'
import type { Stock } from './stock.ts'
import { uploadsTo } from './uploads.ts'

export interface StockImportsProps {
  readonly deployment: Deployment
  readonly state: { readonly stock: Stock; readonly files: ExchangedFiles }
}

const impact = 'Count files are not imported: available stock is calculated from old counts.'

/** Counts by file, which people put into the bucket. */
export class StockImports extends Construct {
  constructor(scope: Construct, id: string, { deployment, state }: StockImportsProps) {
    super(scope, id)
    const { stock, files } = state
    const lane = new Lane(this, 'Imports', {
      deployment,
      name: 'StockImports',
      consumer: 'import-stock',
      env: Env,
      environment: () => ({
        STOCK_TABLE: stock.table.tableName,
        FILES_BUCKET: files.bucket.bucketName,
      }),
      impact,
      // Any order would end in the same numbers; two files at one time would only overtake each other row by row.
      inOrder: true,
      putsBack: false,
      maxConcurrency: 2,
      timeout: Duration.minutes(10),
      memorySize: 1024,
    })
    stock.grantCount(lane.consumer)
    stock.grantTerms(lane.consumer)
    files.grantRead(lane.consumer, 'stock')
    files.grantPut(lane.consumer, 'results')
    uploadsTo(this, {
      bucket: files.bucket,
      folder: 'stock',
      queue: lane.queue,
      description: 'Files of counts, and of terms of listings, that people put into the bucket',
    })
  }
}
