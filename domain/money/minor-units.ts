import { type Currency, exponentOf, type Minor } from '../../schemas/canonical/money.ts'
import { except, type Failure } from '../failure.ts'
import { err, ok, type Result } from '../result.ts'

/**
 * A decimal string in minor units, without passing through a float: "12.5" USD is 1250, "1000.0" JPY is 1000.
 * Fails with `money-mismatch` when the text is not a decimal or has a part smaller than the currency's unit, or when nobody
 * knows what that unit is.
 */
export function minorUnits(decimal: string, currency: Currency): Result<Minor, Failure> {
  const digits = exponentOf(currency)
  if (digits === undefined) {
    return err(except('money-mismatch', `${currency} is no currency of ISO 4217 that circulates`))
  }
  const usual = usualMinor(decimal, digits)
  if (usual !== undefined) return ok(usual)
  const text = decimal.trim()
  if (!/^-?\d{1,13}(?:\.\d*)?$/.test(text)) {
    return err(except('money-mismatch', `"${decimal}" is not a decimal amount`))
  }
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

/** Of `12`, `12.5` or `12.50` and their like with so few digits that nothing can go wrong; `undefined` of any other text. */
function usualMinor(text: string, digits: number): Minor | undefined {
  const length = text.length
  if (length === 0 || length > 11) return undefined
  let minor = 0
  let point = length
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) minor = minor * 10 + digit
    else if (digit === -2 && at > 0 && point === length) point = at
    else return undefined
  }
  const decimals = Math.max(0, length - point - 1)
  return decimals <= digits ? minor * 10 ** (digits - decimals) : undefined
}

/** Minor units as the decimal string vendors read: 1250 USD is "12.50", 1000 JPY is "1000". */
export function decimal(minor: Minor, currency: Currency): string {
  // Orders from before codes were checked hold hundredths of whatever they are in.
  const digits = exponentOf(currency) ?? 2
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const fraction = text.slice(text.length - digits)
  return `${minor < 0 ? '-' : ''}${whole}${digits > 0 ? `.${fraction}` : ''}`
}

/**
 * What some of `of` equal units have of an amount. It runs with the units, rounded at each of them, so that no split loses
 * anything and no share is more than half a unit off. A half goes with the units that are not meant here.
 */
export function share(amount: Minor, units: number, of: number): Minor {
  if (of <= 0) return 0
  const each = Math.trunc(amount / of)
  const rest = amount - each * of
  return each * units + rest - Math.round((rest * (of - units)) / of)
}
