import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { type ExceptionRow, exceptionCatalogue } from './catalogue.ts'
import { ofMessage } from './raise.ts'

type Remedy = Pick<ExceptionRow, 'clears' | 'commands' | 'edits'>

/**
 * What ends an open exception. One about an effect is not resolved: a refused effect is done by hand and answered, or
 * retried.
 */
export function remedyOf(
  { intents }: Pick<OrderState, 'intents'>,
  { code, subject }: Pick<Exception, 'code' | 'subject'>,
): Remedy {
  const own = exceptionCatalogue[code]
  if (subject === ofMessage) {
    // While its connection is halted, Crossdock reads the message again by itself.
    return { clears: own.clears, commands: code === 'connection-halted' ? [] : ['resolve'] }
  }
  if (!intents[subject] || own.endsAlike) return own
  const { clears, commands } = exceptionCatalogue['effect-refused']
  return {
    ...own,
    clears: own.commands.includes('resolve') ? clears : own.clears,
    commands: [...new Set([...own.commands, ...commands])].filter((one) => one !== 'resolve'),
  }
}
