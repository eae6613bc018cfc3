import fc from 'fast-check'
import { connectionOfOrder, orderIdOf } from '../../domain/order/order-id.ts'
import { longestOrderId, OrderId } from '../../schemas/canonical/identity.ts'
import { tries } from '../support/laws.ts'
import { shop } from '../support/orders.ts'

test('whatever a channel calls an order, its id fits a key, says whose it is, and is no other’s', () => {
  const long = fc.string({ unit: 'binary', minLength: 150, maxLength: 2000 })
  const names = fc.uniqueArray(
    fc.oneof(
      fc.string({ minLength: 1 }),
      long,
      long.map((one) => `${one}.`),
    ),
  )
  fc.assert(
    fc.property(names, (all) => {
      const ids = all.map((name) => orderIdOf(shop, name))
      for (const id of ids) {
        expect(id.length).toBeLessThanOrEqual(longestOrderId)
        expect(connectionOfOrder(OrderId.parse(id))).toBe(shop)
      }
      expect(new Set(ids).size).toBe(all.length)
    }),
    tries(200),
  )
})

test('orders whose long ids differ at the end are two', () => {
  const [one, other] = ['a', 'b'].map((end) => orderIdOf(shop, `${'9'.repeat(5000)}${end}`))
  expect(one).not.toBe(other)
  expect(one).toHaveLength(longestOrderId)
})
