import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '../..')
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
)

test.each(['docs/add-a-connector.md', 'docs/add-a-channel.md'])(
  'the example of %s type-checks as it stands there',
  (guide) => {
    const files = examplesIn(guide)
    expect(files.size).toBeGreaterThan(4)
    expect(faultsIn(files)).toEqual([])
    // A check that finds nothing would find nothing here either.
    const [[path = '', text = ''] = []] = [...files]
    expect(
      faultsIn(new Map([...files, [path, `${text}\nexport const wrong: number = ''\n`]])),
    ).toHaveLength(1)
  },
)

/** Code under a path in backticks is that file. */
function examplesIn(guide: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, guide), 'utf8')
  const found = text.matchAll(/^`((?:connectors|twins)\/[\w/-]+\.ts)`\n\n```ts\n([\s\S]*?)```/gm)
  return new Map(Array.from(found, ([, path = '', code = '']) => [join(root, path), code]))
}

function faultsIn(files: ReadonlyMap<string, string>): readonly string[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile, directoryExists } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.directoryExists = (folder) =>
    [...files.keys()].some((path) => path.startsWith(`${folder}/`)) ||
    (directoryExists?.(folder) ?? true)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, ...how) => {
    const text = files.get(path)
    return text === undefined
      ? getSourceFile(path, ...how)
      : ts.createSourceFile(path, text, ts.ScriptTarget.ESNext)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  )
}
