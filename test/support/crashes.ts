import { z } from 'zod'

/** What a crash may quote. */
const somebody = 'Zqxj-Luc'

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

/** Everything that can be thrown with a person's name in it, by what makes it. */
export const crashes: Readonly<Record<string, unknown>> = {
  'a message': new Error(`no ${somebody}`),
  'a regular expression': thrownBy(() => new RegExp(somebody.replace('-', '\\-'), 'u')),
  JSON: thrownBy(() => JSON.parse(`{"name": ${somebody}`)),
  'a URL': thrownBy(() => new URL(`http://${somebody} x`)),
  'a schema': thrownBy(() => z.strictObject({}).parse({ [somebody]: 1 })),
  'a key of nothing': thrownBy(() => Object(undefined)[somebody].length),
  'a cause': new Error('no', { cause: new Error(somebody) }),
  'several at once': new AggregateError([new Error(somebody)], somebody),
  'a name': Object.assign(new Error('no'), { name: somebody }),
  'a name like a class': Object.assign(new Error('no'), { name: 'Zqxj' }),
  'a code': Object.assign(new Error('no'), { code: somebody }),
  'a field': Object.assign(new TypeError('no'), { input: { name: somebody } }),
  'a message like a stack': new Error(`x\n    at ${somebody} (/domain/${somebody}.ts:1:1)`),
  'a message that was changed': Object.assign(new Error(somebody), { message: 'y' }),
  'a text': somebody,
  'an object': { name: somebody, message: somebody },
  'an object like an error': {
    name: 'Error',
    message: '',
    stack: `    at (/domain/${somebody}.ts:1:1)`,
  },
  nothing: undefined,
}
