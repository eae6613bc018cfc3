import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../..')
const skipped = new Set(['node_modules', 'cdk.out', 'dist', '.cache', '.git'])

test('every relative link of every document leads to a file', () => {
  const documents = markdownIn(root)
  expect(documents.length).toBeGreaterThan(40)
  expect(documents.flatMap(brokenIn)).toEqual([])
})

test.each(['docs/api.md', 'docs/runbook.md', 'docs/architecture.md'])(
  'every link to a heading of %s finds it',
  (document) => {
    const headings = new Set(
      [...readFileSync(join(root, document), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .trim()
          .replaceAll(/\s/g, '-'),
      ),
    )
    const links = markdownIn(root).flatMap((file) =>
      linksIn(file).flatMap((link) => {
        const [path = '', heading] = link.split('#')
        const target = path === '' ? file : join(dirname(file), path)
        return heading && relative(root, target) === document ? [heading] : []
      }),
    )
    expect(links.filter((heading) => !headings.has(heading))).toEqual([])
  },
)

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

const linksIn = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8')
      .replaceAll(/```[\s\S]*?```/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))

const brokenIn = (file: string): string[] =>
  linksIn(file)
    .map((link) => link.split('#')[0] ?? '')
    .filter((path) => path !== '' && !existsSync(join(dirname(file), path)))
    .map((path) => `${relative(root, file)}: ${path}`)
