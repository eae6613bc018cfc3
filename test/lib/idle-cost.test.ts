import { idleParts, tenConnections } from '../../bench/idle.ts'
import { templatesOf } from '../../lib/templates.ts'
import { deploymentFrom } from '../support/synthesized.ts'

const deployment = deploymentFrom(tenConnections(process.cwd()))

test('ten connections: five that sell, two ERPs, three warehouses', () => {
  const able = (capability: string) =>
    deployment.connections.filter(({ capabilities }) =>
      capabilities.some((one) => one === capability),
    )
  expect(deployment.connections).toHaveLength(10)
  expect(able('orders')).toHaveLength(5)
  expect(able('accounting')).toHaveLength(2)
  expect(able('fulfilment')).toHaveLength(3)
})

test('a month without orders costs at most twenty dollars', () => {
  const parts = idleParts(deployment, templatesOf(deployment, {}))
  expect(parts.reduce((sum, { dollars }) => sum + dollars, 0)).toBeLessThanOrEqual(20)
})
