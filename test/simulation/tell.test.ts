import { Story } from '../../simulation/story.ts'
import { readable, tell } from '../../simulation/tell.ts'

function storyOf(lines: number): Story {
  const story = new Story(() => 0)
  for (let at = 1; at <= lines; at++) story.tell(`line ${at}`, { order: 'o' })
  return story
}

const linesIn = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => /(?:line|…).*/.exec(line)?.[0] ?? [])

test.each([
  ['a short story', 3],
  ['one that just fits', 160],
])('%s is told whole', (_, lines) => {
  const told = linesIn(tell(storyOf(lines), 'o', readable))
  expect(told).toEqual(Array.from({ length: lines }, (_, at) => `line ${at + 1}`))
})

test('of a long story the beginning and the end are told, and how much is left out between them', () => {
  const told = linesIn(tell(storyOf(1000), 'o', readable))
  expect(told.slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, at) => `line ${at + 1}`))
  expect(told[40]).toContain('840 lines left out')
  expect(told.slice(41)).toEqual(Array.from({ length: 120 }, (_, at) => `line ${at + 881}`))
})

test('who asks for a story gets all of it', () => {
  expect(linesIn(tell(storyOf(1000), 'o'))).toHaveLength(1000)
})
