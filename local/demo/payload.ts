import { readFileSync } from 'node:fs'
import { parseJson } from '../../domain/parse.ts'
import { OptionError } from '../options.ts'

/** The exact text of an order body, after a look at whether it is one. */
export function readPayload(file: string): string {
  const text = readText(file)
  const json = parseJson(text)
  if (!json.ok) throw new OptionError(`${file} is not an order body: ${json.error.reason}.`)
  const { value } = json
  if (typeof value === 'object' && value !== null && 'line_items' in value && 'id' in value) {
    return text
  }
  throw new OptionError(
    `${file} is not a Shopify order body: it has no "id" and "line_items" at its top level.`,
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new OptionError(`${file} cannot be read (${why}).`)
  }
}
