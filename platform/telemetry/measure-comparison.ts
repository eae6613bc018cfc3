import type { Compared } from '../../domain/listings/compare.ts'
import type { ConnectionId } from '../../schemas/canonical/identity.ts'
import { count } from './metrics.ts'

/** The dashboards' figures of a comparison; an interrupted one reports only its findings. */
export const measureComparison =
  (Connection: ConnectionId, namespace: string) =>
  (compared: Compared): void => {
    const { refused, raised, withheld, withheldMoney, stopped } = compared
    measureDrift(Connection, namespace)(compared)
    if (stopped) return
    count({ name: 'ListingsRefused', dimensions: { Connection }, value: refused }, namespace)
    count({ name: 'ListingsRaised', dimensions: { Connection }, value: raised }, namespace)
    count({ name: 'UnitsWithheld', dimensions: { Connection }, value: withheld }, namespace)
    for (const [Currency, value] of Object.entries(withheldMoney)) {
      count({ name: 'MoneyWithheld', dimensions: { Connection, Currency }, value }, namespace)
    }
  }

/** The differences that part of a comparison found. */
export const measureDrift =
  (Connection: ConnectionId, namespace: string) =>
  ({ inFlight, missed, foreign }: Compared): void => {
    const drifts = { 'in-flight': inFlight, missed, foreign }
    for (const [Kind, value] of Object.entries(drifts)) {
      count({ name: 'ListingsDrifted', dimensions: { Connection, Kind }, value }, namespace)
    }
  }
