import { Construct } from 'constructs'
import type { z } from 'zod'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import type { Connection } from '../../schemas/settings.ts'
import { mintsTokens } from '../mints-tokens.ts'
import type { CrossdockFunction } from './crossdock-function.ts'
import { StateTable, type TableSet } from './state-table.ts'

/** Each connection's access token, its breaker, its turn, and how far it has been swept. */
export class Cursors extends Construct {
  readonly table: StateTable

  constructor(scope: Construct, id: string, set: TableSet) {
    super(scope, id)
    this.table = new StateTable(this, 'Table', { set, name: 'Cursors' })
  }

  /** What it takes to ask one connection for something, and no other account: its token and breaker. */
  grantAsk<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    this.allowKeys(to, {
      kept: [`breaker#${connection}`],
      locked: [connection].filter(mintsTokens).map((id) => `token#${id}`),
    })
  }

  /** The same for every connection of these connectors: a policy has no room for a hundred names. */
  grantAskMany<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    connections: readonly Pick<Connection, 'id' | 'connector'>[],
  ): void {
    const connectors = [...new Set(connections.map(({ connector }) => connector))]
    if (connectors.length === 0) return
    const minting = connections.filter(({ id }) => mintsTokens(id)).map((one) => one.connector)
    this.allowKeys(to, {
      kept: connectors.map((connector) => `breaker#${connector}/*`),
      locked: [...new Set(minting)].map((connector) => `token#${connector}/*`),
    })
  }

  /** Reads whether connections are down. */
  grantGlance<E extends z.ZodObject>(to: CrossdockFunction<E>): void {
    to.allow(['dynamodb:GetItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['breaker#*'] },
    })
  }

  /** One connection's token, breaker and checkpoint. */
  grantSweep<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    this.allowKeys(to, {
      kept: [`checkpoint#${connection}`, `breaker#${connection}`],
      locked: [connection].filter(mintsTokens).map((id) => `token#${id}`),
    })
  }

  /** One connection's token, breaker and turns. */
  grantPublish<E extends z.ZodObject>(to: CrossdockFunction<E>, connection: ConnectionId): void {
    this.allowKeys(to, {
      kept: [`look#${connection}`, `pace#${connection}#*`, `breaker#${connection}`],
      locked: [connection].filter(mintsTokens).map((id) => `token#${id}`),
    })
  }

  private allowKeys<E extends z.ZodObject>(
    to: CrossdockFunction<E>,
    { kept, locked }: { readonly kept: readonly string[]; readonly locked: readonly string[] },
  ): void {
    const at = (keys: readonly string[]) => ({
      [`ForAllValues:${keys.some((key) => key.endsWith('*')) ? 'StringLike' : 'StringEquals'}`]: {
        'dynamodb:LeadingKeys': keys,
      },
    })
    const { tableArn } = this.table
    to.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [tableArn], at([...kept, ...locked]))
    if (locked.length > 0) to.allow(['dynamodb:UpdateItem'], [tableArn], at(locked))
  }
}
