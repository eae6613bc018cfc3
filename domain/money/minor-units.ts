import { type Currency, exponentOf, type Minor } from '../../schemas/canonical/money.ts'
import { except, type Failure } from '../failure.ts'
import { err, ok, type Result } from '../result.ts'

/**
 * Converts a decimal string to minor units without floats: "12.5" USD is 1250, "1000.0" JPY is 1000. Fails with
 * `money-mismatch` if the text is not a decimal, has more decimal places than the currency, or the currency is
 * unknown.
 */
export function minorUnits(decimal: string, currency: Currency): Result<Minor, Failure> {
  const digits = exponentOf(currency)
  if (digits === undefined) {
    return err(except('money-mismatch', `${currency} is not a currency in circulation (ISO 4217)`))
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
    return err(except('money-mismatch', `${decimal} has more decimal places than ${currency}`))
  }
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(minor)) {
    return err(except('money-mismatch', `${decimal} ${currency} is too large to be exact`))
  }
  return ok(minor === 0 ? 0 : minor)
}

/** Fast path for `12`, `12.5`, `12.50` and similar, with few enough digits to be exact; otherwise `undefined`. */
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

/** Minor units as a decimal string for vendors: 1250 USD is "12.50", 1000 JPY is "1000". */
export function decimal(minor: Minor, currency: Currency): string {
  // Orders stored before currency codes were checked use hundredths.
  const digits = exponentOf(currency) ?? 2
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const fraction = text.slice(text.length - digits)
  return `${minor < 0 ? '-' : ''}${whole}${digits > 0 ? `.${fraction}` : ''}`
}

/**
 * The share that `units` of `of` equal units have in an amount. Rounds cumulatively, so that no split loses a unit and
 * no share is off by more than half a unit. A half goes to the other units.
 */
export function share(amount: Minor, units: number, of: number): Minor {
  if (of <= 0) return 0
  const each = Math.trunc(amount / of)
  const rest = amount - each * of
  return each * units + rest - Math.round((rest * (of - units)) / of)
}
