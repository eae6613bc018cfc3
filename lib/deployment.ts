import type { Connection, Keep, ResolvedSettings } from '../schemas/settings.ts'

/** What one environment is built from. */
export interface Deployment extends ResolvedSettings {
  readonly connections: readonly DeployedConnection[]
  readonly keep: Keep
  /** Where the functions' bundles lie, one folder each. */
  readonly bundles: string
}

export interface DeployedConnection extends Connection {
  readonly expectedOrderIntervalMinutes: number
}

/** Whether a channel of an environment is told what it may sell. */
export const tellsStock =
  ({ stock }: Pick<Deployment, 'stock'>) =>
  ({ shows, sells }: DeployedConnection): boolean =>
    stock !== undefined && shows !== undefined && sells?.publish === true
