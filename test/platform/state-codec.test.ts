import { deflateSync } from 'node:zlib'
import { decodeState, encodeState } from '../../platform/dynamodb/state-codec.ts'

test('unpacking returns what was packed', () => {
  const value = { text: 'Größe 北', list: [1, null, { deep: true }], none: {} }
  expect(decodeState(encodeState(value))).toEqual(value)
})

test('records packed with earlier dictionaries can always be read', () => {
  const then = Buffer.from('eLsW+a5vq0blpqTm5scbwgwx1kGPi7x8MA9c0tUCAFQyE1U=', 'base64')
  expect(decodeState(then)).toEqual({ id: 'shopify_demo_1', rev: 3, state: 'done', note: 'kept' })
  const later = Buffer.from('eLtXUmY9wzXSkZKamx9vCBvXMMZsjCHqMyMz5GADGQoAo30a6g==', 'base64')
  expect(decodeState(later)).toEqual({
    state: { id: 'shopify_demo_1', rev: 3 },
    steps: [{ rev: 3, at: '2026', events: [] }],
  })
})

test('other bytes are rejected', () => {
  expect(() => decodeState('{"a":1}')).toThrow('not a packed record')
  expect(() => decodeState(deflateSync('{}', { dictionary: Buffer.from('another') }))).toThrow(
    'another dictionary',
  )
  expect(() => decodeState(new Uint8Array(3))).toThrow('another dictionary')
})
