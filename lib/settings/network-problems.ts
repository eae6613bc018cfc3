import type { Connector } from '../../connectors/contract.ts'
import type { ConnectionSettings, Network } from '../../schemas/settings.ts'
import type { Problem } from './settings-problem.ts'

type Written = Pick<ConnectionSettings, 'network' | 'subnets' | 'securityGroups'>

/** What is wrong with where a connection's functions are to run. */
export function networkProblems(written: Written, { title, orders }: Connector): Problem[] {
  const fields = ['subnets', 'securityGroups'] as const
  if (written.network === undefined) {
    const what = 'is for a connection with "network": "vpc"; add that, or remove this'
    return fields.filter((field) => written[field]).map((field) => ({ path: [field], what }))
  }
  const missing = fields
    .filter((field) => !written[field])
    .map((field) => ({ path: [field], what: 'is missing; write a list of ids in [ ]' }))
  if (!orders?.fetchOrder) return missing
  // One function reads the orders of all channels, and it runs in no network.
  const what = `orders of ${title} are fetched from the internet only; remove it`
  return [...missing, { path: ['network'], what }]
}

export const networkOf = ({ subnets, securityGroups }: Written): Network | undefined =>
  subnets && securityGroups && { subnets, securityGroups }
