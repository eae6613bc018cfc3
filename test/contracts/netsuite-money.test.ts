import fc from 'fast-check'
import { orderParts } from '../../connectors/kit/order-parts.ts'
import { NetsuiteSettings } from '../../connectors/netsuite/settings.ts'
import { toSalesOrder } from '../../connectors/netsuite/to-sales-order.ts'
import { exponentOf } from '../../schemas/canonical/money.ts'
import { netsuiteSettings } from '../support/netsuite.ts'
import { anyMoney, subjectFor } from '../support/order-money.ts'

test('the numbers of the body are the decimals of the currency, and add up as decimals', () => {
  const settings = NetsuiteSettings.parse(netsuiteSettings)
  fc.assert(
    fc.property(anyMoney, (whole) => {
      const subject = subjectFor(whole)
      const parts = orderParts(subject, 'whole')
      if (!parts.ok) throw new Error(parts.error.reason)
      const body = JSON.stringify(
        toSalesOrder(subject, parts.value, { settings, entity: { id: '1' } }),
      )
      const { item } = JSON.parse(body) as {
        item: { items: { rate: number; amount: number; quantity: number }[] }
      }
      const digits = exponentOf(whole.currency) ?? 2
      const unit = 10 ** digits
      const cents = item.items.map(({ amount }) => Math.round(amount * unit))
      expect(cents.reduce((a, b) => a + b, 0)).toBe(whole.total)
      for (const { rate, amount, quantity } of item.items) {
        expect(Math.round(rate * unit) * quantity).toBe(Math.round(amount * unit))
        expect(String(amount)).toMatch(new RegExp(`^-?\\d+(\\.\\d{1,${digits || 1}})?$`))
      }
    }),
  )
})
