import { z } from 'zod'
import { parse } from '../../domain/parse.ts'
import type { Happening } from '../cloud/happening.ts'

/** Says what went wrong in the cloud, a line for each kind of trouble when it first happens. */
export function troubles(say: (line: string) => void): (happening: Happening) => void {
  const said = new Set<string>()
  return (happening) => {
    const trouble = troubleIn(happening)
    if (!trouble || said.has(trouble.key)) return
    said.add(trouble.key)
    say(`${trouble.key}: ${trouble.what}`)
  }
}

interface Trouble {
  /** Trouble with the same key is said once. */
  readonly key: string
  readonly what: string
}

function troubleIn(happening: Happening): Trouble | undefined {
  switch (happening.kind) {
    case 'denied': {
      const { function: name, action, resource } = happening
      return {
        key: `${name} may not ${action}`,
        what: `no policy of its role allows it on ${resource}`,
      }
    }
    case 'dead-letter': {
      const { from, to, reason } = happening
      return { key: `dead letter of ${from}`, what: `${reason}; it is now in ${to}` }
    }
    case 'trouble':
      return { key: `error at ${happening.where}`, what: happening.message }
    case 'invocation': {
      const { function: name, error } = happening
      return error && { key: `${name} failed with ${error.errorType}`, what: error.errorMessage }
    }
    case 'log':
      return errorIn(happening.function, happening.line)
    case 'metric':
    case 'event':
    case 'billed':
      return undefined
  }
}

const ErrorLine = z.object({
  level: z.literal('ERROR'),
  message: z.string(),
  reason: z.string().optional(),
})

function errorIn(name: string, line: string): Trouble | undefined {
  if (!line.includes('"ERROR"')) return undefined
  const log = parse(ErrorLine, line)
  if (!log.ok) return undefined
  const { message, reason = '' } = log.value
  const kind = reason.split(':')[0]
  return { key: `${name} ${message} (${kind})`, what: reason }
}
