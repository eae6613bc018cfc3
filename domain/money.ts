import { type Currency, exponentOf, type Minor } from '../schemas/canonical/money.ts'
import { except, type Failure } from './failure.ts'
import { err, ok, type Result } from './result.ts'

/**
 * A decimal string in minor units, without passing through a float: "12.5" USD is 1250, "1000.0" JPY is 1000.
 * Fails with `money-mismatch` when the text is not a decimal or has a part smaller than the currency's unit.
 */
export function minorUnits(decimal: string, currency: Currency): Result<Minor, Failure> {
  const text = decimal.trim()
  if (!/^-?\d{1,13}(?:\.\d*)?$/.test(text)) {
    return err(except('money-mismatch', `"${decimal}" is not a decimal amount`))
  }
  const digits = exponentOf(currency)
  const point = text.indexOf('.')
  const whole = point === -1 ? text : text.slice(0, point)
  const fraction = point === -1 ? '' : text.slice(point + 1)
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) {
    return err(
      except('money-mismatch', `${decimal} has a part smaller than the unit of ${currency}`),
    )
  }
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(minor)) {
    return err(
      except('money-mismatch', `${decimal} ${currency} is more than can be counted exactly`),
    )
  }
  return ok(minor === 0 ? 0 : minor)
}

/** Minor units as the decimal string vendors read: 1250 USD is "12.50", 1000 JPY is "1000". */
export function decimal(minor: Minor, currency: Currency): string {
  const digits = exponentOf(currency)
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const fraction = text.slice(text.length - digits)
  return `${minor < 0 ? '-' : ''}${whole}${digits > 0 ? `.${fraction}` : ''}`
}
