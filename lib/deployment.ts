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

/** Whether the quantities of a connection's listings are published in an environment. */
export const publishesListings =
  ({ stock }: Pick<Deployment, 'stock'>) =>
  ({ shows, sells }: DeployedConnection): boolean =>
    stock !== undefined && shows !== undefined && sells?.publish === true
