import { crashOf, Fault } from '../../domain/fault.ts'
import { parse } from '../../domain/parse.ts'
import { crashes } from '../support/crashes.ts'

test.each(Object.entries(crashes))(
  'of a crash by %s nothing is told that it was about',
  (_, thrown) => {
    expect(crashOf(thrown)).not.toMatch(/zqxj|luc/i)
    expect(crashOf(new Fault(crashOf(thrown)))).toBe(crashOf(thrown))
  },
)

const crash = (about: string): unknown => {
  try {
    // A schema that throws, as code with a mistake in it does.
    const schema = { safeParse: () => new RegExp(`${about}(`) }
    return parse(schema as never, '{}')
  } catch (error) {
    return error
  }
}

test('its class and its place in our code are told, and the same mistake has the same fingerprint', () => {
  const told = crashOf(crash('Anna'))
  expect(told).toMatch(/^SyntaxError at domain\/parse\.ts:\d+:\d+ \(fingerprint [0-9a-f]{8}\)$/)
  expect([1, 2].map((name) => crashOf(crash(`Bob ${name}`)))).toEqual([told, told])
})

test('a fault speaks for itself', () => {
  expect(crashOf(new Fault('order a_b_1 moved 12 times'))).toBe('order a_b_1 moved 12 times')
})

test('what is not ours says so', () => {
  expect(crashOf('text')).toBe('something other than an error was thrown')
  expect(crashOf(Object.assign(new Error('x'), { stack: 'Error: x' }))).toMatch(
    /^Error at a place outside our code/,
  )
})
