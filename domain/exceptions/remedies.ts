import type { Exception, OrderState } from '../../schemas/stored/order-state.ts'
import { type ExceptionRow, exceptionCatalogue } from './catalogue.ts'
import { ofMessage } from './raise.ts'

type Remedy = Pick<ExceptionRow, 'clears' | 'commands' | 'edits'>

/**
 * What ends a standing exception. One about an effect is not resolved: what a system refused is done by hand and answered, or
 * tried again.
 */
export function remedyOf(
  { intents }: Pick<OrderState, 'intents'>,
  { code, subject }: Pick<Exception, 'code' | 'subject'>,
): Remedy {
  const own = exceptionCatalogue[code]
  if (subject === ofMessage) {
    // As long as its connection is halted, the message is read again by itself.
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
